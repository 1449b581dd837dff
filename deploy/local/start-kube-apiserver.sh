#!/bin/sh
# start-kube-apiserver.sh DIR PORT ETCD_URLS: a Kubernetes API server on loopback, in the foreground, without controllers: objects stay as they are.
# DIR/admin.kubeconfig may do everything, DIR/reader.kubeconfig what somebody grants to the user `reader`.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/local/lib.sh
. "$here/lib.sh"
# shellcheck source=deploy/local/install.sh
. "$here/install.sh"
[ $# -eq 3 ] || die "usage: start-kube-apiserver.sh DIR PORT ETCD_URLS"
ensure_kube
dir=$1 port=$2 store=$3
mkdir -p "$dir"
if [ ! -e "$dir/tokens.csv" ]; then
  umask 077
  openssl genrsa -out "$dir/sa.key" 2048 2>/dev/null
  openssl rsa -in "$dir/sa.key" -pubout -out "$dir/sa.pub" 2>/dev/null
  for user in admin reader; do
    token=$(openssl rand -hex 16)
    echo "$token,$user,$user$([ $user = reader ] || echo ',system:masters')" >>"$dir/tokens.new"
    cat >"$dir/$user.kubeconfig" <<END
apiVersion: v1
kind: Config
current-context: local
contexts: [{name: local, context: {cluster: local, user: $user}}]
users: [{name: $user, user: {token: $token}}]
clusters: [{name: local, cluster: {server: "https://127.0.0.1:$port", certificate-authority: $dir/certs/apiserver.crt}}]
END
  done
  mv "$dir/tokens.new" "$dir/tokens.csv"
fi
# It compacts its store every five minutes unless told not to: then a revision that a backup was made of could not be compared any more.
exec "$kube/kube-apiserver" "--etcd-servers=$store" --etcd-compaction-interval=0 --bind-address=127.0.0.1 "--secure-port=$port" \
  --advertise-address=127.0.0.1 --endpoint-reconciler-type=none "--cert-dir=$dir/certs" "--token-auth-file=$dir/tokens.csv" --authorization-mode=RBAC \
  --allow-privileged=true --service-account-issuer=https://kubernetes.default.svc.cluster.local "--service-account-key-file=$dir/sa.pub" \
  "--service-account-signing-key-file=$dir/sa.key" --service-cluster-ip-range=10.96.0.0/16
