package org.clusterbackup.acceptance;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.clusterbackup.repository.store.testing.FreePorts;
import org.clusterbackup.repository.store.testing.Programs;

/** An etcd of three members, and a Kubernetes API server that keeps its objects there. Its processes are the lab's. */
final class ControlPlane {
    private final List<Member> members = List.of(new Member("m1"), new Member("m2"), new Member("m3"));
    private final Path folder;
    private final Starter starter;
    private final int port = FreePorts.next();

    private record Member(String name, String client, String peer, int port) {
        Member(String name) {
            this(name, FreePorts.next());
        }

        private Member(String name, int port) {
            this(name, url(port), url(FreePorts.next()), port);
        }

        @Override
        public String toString() {
            return name + "=" + peer;
        }
    }

    /** Starts a component of the lab. */
    interface Starter {
        void start(String name, List<String> command, int port);
    }

    private ControlPlane(Path folder, Starter starter) {
        this.folder = folder;
        this.starter = starter;
    }

    static ControlPlane start(Path folder, Starter starter) {
        var plane = new ControlPlane(folder, starter);
        plane.startEtcd("etcd-", folder.resolve("etcd"), List.of("--initial-cluster=" + plane.members()));
        plane.startApiServer("kube-apiserver", plane.endpoints());
        return plane;
    }

    /** Starts the three members on data directories {@code <folder>/<member>}. */
    void startEtcd(String prefix, Path data, List<String> further) {
        for (var member : members) {
            startMember(prefix + member.name, member, data.resolve(member.name), further);
        }
    }

    private void startMember(String component, Member member, Path data, List<String> further) {
        var command = new ArrayList<>(List.of(
                etcdTools().resolve("etcd").toString(),
                "--name=" + member.name,
                "--data-dir=" + data,
                "--listen-client-urls=" + member.client,
                "--advertise-client-urls=" + member.client,
                "--listen-peer-urls=" + member.peer,
                "--initial-advertise-peer-urls=" + member.peer));
        command.addAll(further);
        starter.start(component, command, member.port);
    }

    /** A member alone, with nothing in it, and the API server on it. */
    void startEmptyCluster() {
        var empty = new Member("empty");
        startMember("etcd-empty", empty, folder.resolve("empty"), List.of("--initial-cluster=" + empty));
        startApiServer("kube-apiserver-empty", empty.client);
    }

    private void startApiServer(String component, String store) {
        starter.start(
                component,
                List.of(Checkout.script("start-kube-apiserver.sh"), folder.toString(), "" + port, store),
                port);
        Command.shell(
                        "for i in $(seq 300); do \"$@\" && exit; sleep 0.2; done; exit 1",
                        kubectlWords("get", "namespace", "default"))
                .run()
                .good();
    }

    private static String url(int port) {
        return "http://127.0.0.1:" + port;
    }

    String endpoints() {
        return members.stream().map(Member::client).collect(Collectors.joining(","));
    }

    /** As {@code --initial-cluster} has them. */
    String members() {
        return members.stream().map(Member::toString).collect(Collectors.joining(","));
    }

    /** As {@code --member} of the tool has them. */
    List<String> memberOptions() {
        return members.stream().map(member -> member + "," + member.client).toList();
    }

    static Path kubectlProgram() {
        return Programs.named("KUBE_APISERVER").resolveSibling("kubectl");
    }

    Path etcdTools() {
        return Programs.named("ETCD_BIN");
    }

    Path kubeconfig() {
        return folder.resolve("admin.kubeconfig");
    }

    Command etcdctl(String... arguments) {
        return Command.shell(
                "program=$1 endpoints=$2; shift 2; exec \"$program\" --endpoints=\"$endpoints\" \"$@\"",
                words(etcdTools().resolve("etcdctl").toString(), List.of(endpoints()), arguments));
    }

    Command kubectl(String... arguments) {
        return Command.shell("exec \"$@\"", kubectlWords(arguments));
    }

    private Object[] kubectlWords(String... arguments) {
        return words(kubectlProgram().toString(), List.of("--kubeconfig=" + kubeconfig()), arguments);
    }

    private static Object[] words(String program, List<String> options, String... arguments) {
        var words = new ArrayList<Object>(List.of(program));
        words.addAll(options);
        words.addAll(List.of(arguments));
        return words.toArray();
    }

    /** An object a line of every resource that can be listed, without what each server sets by itself. */
    void fingerprint(Path file) {
        Command.of(
                        Checkout.script("kubernetes-fingerprint.sh"),
                        kubectlProgram().toString(),
                        kubeconfig().toString())
                .runInto(file)
                .good();
    }
}
