# shellcheck shell=sh
# The demo's Kubernetes: an API server that keeps its objects in the demo's etcd, its end and its return. To be sourced by ./demo.
# shellcheck disable=SC2154,SC2034  # variables of ./demo, set there or used there

# Without an API server the demo goes on, and says so.
find_kubernetes() {
  if (ensure_kube); then ensure_kube; else without_kubernetes=yes; fi
}

kubectl() { "$kube/kubectl" --kubeconfig "$dir/kubernetes/admin.kubeconfig" "$@"; }

# start_apiserver NAME ETCD_URLS: ready when this returns.
start_apiserver() {
  start "$run" "$1" "$here/start-kube-apiserver.sh" "$dir/kubernetes" "$kubernetes_port" "$2"
  await 120 "the API server" kubectl get --raw /readyz || fail "the API server does not come up" "$run/$1.log"
}

start_kubernetes() {
  kubernetes_port=$(free_port)
  start_apiserver apiserver "$(etcd_list client)"
  # What k8s-dumper may do: read.
  kubectl create clusterrole reader --verb=get,list --resource='*.*' >/dev/null
  kubectl create clusterrolebinding reader --clusterrole=reader --user=reader >/dev/null
  await 60 "the namespace default" kubectl get namespace default || fail "no namespaces" "$run/apiserver.log"
  kubectl apply -f "$here/demo-objects.yaml" >"$run/objects.log" 2>&1 || fail "the objects are not taken" "$run/objects.log"
  kubectl wait --for=condition=Established crd/backups.example.org --timeout=60s >>"$run/objects.log" 2>&1 || fail "no custom resources" "$run/objects.log"
  for number in 1 2 3; do
    printf 'apiVersion: example.org/v1\nkind: Backup\nmetadata: {name: b%s, namespace: shop, finalizers: [example.org/hold]}\nspec: {size: %s}\n---\n' $number $number
  done | kubectl apply -f - >>"$run/objects.log" 2>&1 || fail "the custom objects are not taken" "$run/objects.log"
  seq 300 | sed 's/.*/apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings-&, namespace: shop}\nimmutable: true\ndata: {number: "&"}\n---/' |
    kubectl create -f - >>"$run/objects.log" 2>&1 || fail "the config maps are not taken" "$run/objects.log"
  echo "$(kubernetes_fingerprint | wc -l) objects, in the etcd of three members"
}

change_kubernetes() { kubectl -n shop set image deployment/web web=web:2 >/dev/null; }

kubernetes_fingerprint() { "$here/kubernetes-fingerprint.sh" "$kube/kubectl" "$dir/kubernetes/admin.kubeconfig"; }

destroy_kubernetes() {
  kubernetes_fingerprint >"$dir/kubernetes.before"
  stop "$run" apiserver
}

# A server with an empty store, and the objects by way of its API.
restore_kubernetes() {
  empty_client=$(free_port) empty_peer=$(free_port)
  start "$run" etcd-empty "$etcd_bin/etcd" --name=empty "--data-dir=$dir/etcd-empty" "--listen-client-urls=http://127.0.0.1:$empty_client" \
    "--advertise-client-urls=http://127.0.0.1:$empty_client" "--listen-peer-urls=http://127.0.0.1:$empty_peer" \
    "--initial-advertise-peer-urls=http://127.0.0.1:$empty_peer" "--initial-cluster=empty=http://127.0.0.1:$empty_peer"
  start_apiserver apiserver-empty "http://127.0.0.1:$empty_client"
  await 60 "the namespace default" kubectl get namespace default || fail "no namespaces" "$run/apiserver-empty.log"
  clusterbackup s3 restore kubernetes kubernetes/main@latest --kubeconfig "$dir/kubernetes/admin.kubeconfig" >"$run/restore-kubernetes.log" 2>&1 ||
    fail "the objects do not come back" "$run/restore-kubernetes.log"
  kubernetes_fingerprint >"$dir/kubernetes.after"
  same "$dir/kubernetes.before" "$dir/kubernetes.after" || fail "the objects are not what they were: diff $dir/kubernetes.before $dir/kubernetes.after"
  echo "into an empty cluster: $(wc -l <"$dir/kubernetes.after") objects, each as it was"
}

stop_kubernetes() {
  for name in apiserver apiserver-empty etcd-empty; do stop "$run" $name; done
}
