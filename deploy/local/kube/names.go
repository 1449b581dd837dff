package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/clientcmd"
)

const zone = ".svc.cluster.local."

// answerNames is the name server of the cluster: NAME.NAMESPACE.svc.cluster.local is the address of that Service, and no other name exists.
func answerNames() error {
	kubeconfig := flag.String("kubeconfig", "", "")
	address := flag.String("address", "", "where to answer, by UDP")
	flag.Parse()
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	services := factory.Core().V1().Services().Lister()
	factory.Start(context.Background().Done())
	factory.WaitForCacheSync(context.Background().Done())
	socket, err := net.ListenPacket("udp", *address)
	if err != nil {
		return err
	}
	question := make([]byte, 1500)
	for {
		size, from, err := socket.ReadFrom(question)
		if err != nil {
			return err
		}
		if answer, err := answer(question[:size], services); err != nil {
			fmt.Fprintln(os.Stderr, from, err)
		} else if _, err := socket.WriteTo(answer, from); err != nil {
			fmt.Fprintln(os.Stderr, from, err)
		}
	}
}

func answer(packet []byte, services corelisters.ServiceLister) ([]byte, error) {
	var parser dnsmessage.Parser
	header, err := parser.Start(packet)
	if err != nil {
		return nil, err
	}
	question, err := parser.Question()
	if err != nil {
		return nil, err
	}
	message := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: header.ID, Response: true, Authoritative: true, RecursionDesired: header.RecursionDesired},
		Questions: []dnsmessage.Question{question},
	}
	if ip := addressOf(question.Name.String(), services); ip == nil {
		message.RCode = dnsmessage.RCodeNameError
	} else if question.Type == dnsmessage.TypeA {
		message.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: question.Name, Class: dnsmessage.ClassINET, TTL: 5},
			Body:   &dnsmessage.AResource{A: [4]byte(ip)},
		}}
	}
	return message.Pack()
}

func addressOf(name string, services corelisters.ServiceLister) net.IP {
	host, found := strings.CutSuffix(strings.ToLower(name), zone)
	parts := strings.Split(host, ".")
	if !found || len(parts) != 2 {
		return nil
	}
	service, err := services.Services(parts[1]).Get(parts[0])
	if err != nil {
		return nil
	}
	return net.ParseIP(service.Spec.ClusterIP).To4()
}
