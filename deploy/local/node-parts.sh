# shellcheck shell=sh
# The parts of start-node.sh's node, each started in the node's namespaces. To be sourced.
# shellcheck disable=SC2154  # dir, name, node_ip, kube, etcd_bin and own are start-node.sh's

# start_on_node NAME COMMAND...
start_on_node() {
  part=$1
  shift
  setsid "$@" >>"$dir/log/$part.log" 2>&1 </dev/null &
}

# ---------------------------------------------------------------- what it stands on

node_mounts() {
  mount --make-rshared /
  for folder in $own; do
    mkdir -p "$dir/root$folder"
    mount --bind "$dir/root$folder" "$folder"
  done
  mount -t tmpfs tmpfs /run
  mount --bind /dev/null /etc/resolv.conf
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    mkdir -p /sys/fs/cgroup/first
    while read -r process; do echo "$process" >/sys/fs/cgroup/first/cgroup.procs 2>/dev/null || :; done </sys/fs/cgroup/cgroup.procs
  else
    mount -t tmpfs tmpfs /sys/fs/cgroup
    while IFS=: read -r _ controller _; do
      [ -n "$controller" ] || continue
      mkdir -p "/sys/fs/cgroup/${controller#name=}"
      case $controller in name=*) option=none,$controller ;; *) option=$controller ;; esac
      mount -t cgroup -o "$option" cgroup "/sys/fs/cgroup/${controller#name=}"
    done </proc/self/cgroup
  fi
  # A kubelet sets these for the whole machine, unless it reads what it wants.
  while read -r setting value; do
    mkdir -p "/run/settings/${setting%/*}"
    echo "$value" >"/run/settings/$setting"
    mount --bind "/run/settings/$setting" "/proc/sys/$setting"
  done <<'END'
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
END
}

# The default route leads into nothing, so that no packet leaves.
node_network() {
  ip link set lo up
  ip link set eth0 up
  ip addr add "$node_ip/30" dev eth0
  ip link add nowhere type ifb
  ip link set nowhere up
  ip route add default dev nowhere
  echo 1 >/proc/sys/net/ipv4/ip_forward
}

# ---------------------------------------------------------------- API server, controllers

# sign NAME SUBJECT [NAMES]: one authority for servers and clients.
sign() {
  printf 'extendedKeyUsage=serverAuth,clientAuth\n%s\n' "${3:+subjectAltName=$3}" >"$pki/$1.ext"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$2" -keyout "$pki/$1.key" -out "$pki/$1.csr" 2>/dev/null
  openssl x509 -req -in "$pki/$1.csr" -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -CAcreateserial -days 365 -out "$pki/$1.crt" -extfile "$pki/$1.ext" 2>/dev/null
}

node_keys() {
  pki=$dir/pki
  mkdir -p "$pki"
  if [ ! -e "$pki/tokens.csv" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -subj /CN=local -addext keyUsage=critical,keyCertSign,digitalSignature \
      -keyout "$pki/ca.key" -out "$pki/ca.crt" 2>/dev/null
    sign admin /O=system:masters/CN=admin
    openssl genrsa -out "$pki/sa.key" 2048 2>/dev/null
    openssl rsa -in "$pki/sa.key" -pubout -out "$pki/sa.pub" 2>/dev/null
    (umask 077 && for user in admin,system:masters system:kube-controller-manager,system:authenticated system:kube-scheduler,system:authenticated \
      system:kube-proxy,system:authenticated "system:node:$name,system:nodes"; do
      echo "$(openssl rand -hex 16),${user%,*},${user%,*},\"${user#*,}\""
    done >"$pki/tokens.new")
    mv "$pki/tokens.new" "$pki/tokens.csv"
  fi
  # The address may be another than the last time.
  service=kubernetes.default.svc
  sign apiserver /CN=kube-apiserver "IP:$node_ip,IP:10.96.0.1,DNS:kubernetes,DNS:kubernetes.default,DNS:$service,DNS:$service.cluster.local"
  while IFS=, read -r token user _; do
    (umask 077 && cat >"$dir/$user.kubeconfig") <<END
apiVersion: v1
kind: Config
current-context: local
contexts: [{name: local, context: {cluster: local, user: "$user"}}]
users: [{name: "$user", user: {token: $token}}]
clusters: [{name: local, cluster: {server: "https://$node_ip:6443", certificate-authority: $pki/ca.crt}}]
END
  done <"$pki/tokens.csv"
}

start_control_plane() {
  start_on_node etcd "$etcd_bin/etcd" --name=local "--data-dir=$dir/etcd" --unsafe-no-fsync --log-level=warn "--listen-client-urls=unix://$dir/etcd.sock" \
    --advertise-client-urls=http://127.0.0.1:2379 "--listen-peer-urls=unix://$dir/etcd-peer.sock" \
    --initial-advertise-peer-urls=http://127.0.0.1:2380 --initial-cluster=local=http://127.0.0.1:2380
  start_on_node kube-apiserver "$kube/kube-apiserver" "--etcd-servers=unix://$dir/etcd.sock" "--bind-address=$node_ip" --secure-port=6443 \
    "--advertise-address=$node_ip" "--tls-cert-file=$pki/apiserver.crt" "--tls-private-key-file=$pki/apiserver.key" "--client-ca-file=$pki/ca.crt" \
    "--token-auth-file=$pki/tokens.csv" --kubelet-preferred-address-types=InternalIP "--kubelet-client-certificate=$pki/admin.crt" \
    "--kubelet-client-key=$pki/admin.key" --service-account-issuer=https://kubernetes.default.svc.cluster.local \
    "--service-account-key-file=$pki/sa.pub" "--service-account-signing-key-file=$pki/sa.key" --authorization-mode=Node,RBAC \
    --enable-admission-plugins=NodeRestriction --allow-privileged=true --service-cluster-ip-range=10.96.0.0/16
  await 60 "the API server" curl -sf -o /dev/null --cacert "$pki/ca.crt" "https://$node_ip:6443/readyz"
  start_on_node kube-controller-manager "$kube/kube-controller-manager" "--kubeconfig=$dir/system:kube-controller-manager.kubeconfig" \
    --use-service-account-credentials "--service-account-private-key-file=$pki/sa.key" "--root-ca-file=$pki/ca.crt" --leader-elect=false \
    --bind-address=127.0.0.1 --secure-port=0
}

# ---------------------------------------------------------------- the kubelet, and what runs containers

start_kubelet() {
  mkdir -p "$dir/cni" "$dir/plugins" /run/containerd
  cat >"$dir/cni/10-pods.conflist" <<END
{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "subnet": "10.244.0.0/24", "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
END
  # Root has no CAP_SYS_RESOURCE everywhere.
  cat >"$dir/containerd.toml" <<END
version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "$dir/plugins"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "$dir/cni"
END
  cat >"$dir/kubelet.yaml" <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $pki/ca.crt}}
authorization: {mode: Webhook}
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
resolvConf: ""
clusterDNS: [$node_ip]
clusterDomain: cluster.local
volumePluginDir: $dir/plugins
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%}
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
END
  start_on_node containerd containerd --config "$dir/containerd.toml"
  await 60 containerd ctr version
  pause_image >"$dir/pause.tar"
  ctr -n k8s.io images import "$dir/pause.tar"
  start_on_node kubelet "$kube/kubelet" "--config=$dir/kubelet.yaml" "--kubeconfig=$dir/system:node:$name.kubeconfig" "--hostname-override=$name" \
    "--node-ip=$node_ip" "--cert-dir=$pki/kubelet"
}

# A pod's first container, as an archive of an image with one layer.
pause_image() (
  image=$(mktemp -d)
  trap 'rm -rf "$image"' EXIT
  tar -C "$kube" --numeric-owner -cf "$image/layer.tar" pause
  cat >"$image/config.json" <<END
{"architecture": "$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')", "os": "linux", "config": {"Entrypoint": ["/pause"]},
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$(sha256sum <"$image/layer.tar" | cut -d' ' -f1)"]}}
END
  echo '[{"Config": "config.json", "RepoTags": ["localhost/pause:1"], "Layers": ["layer.tar"]}]' >"$image/manifest.json"
  tar -C "$image" -cf - manifest.json config.json layer.tar
)

# For claims that name no class.
local_volumes() {
  for volume in 1 2 3 4 5 6 7 8; do
    mkdir -p "$dir/volumes/$volume"
    cat <<END
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: local-$volume}
spec:
  capacity: {storage: 100Gi}
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  local: {path: $dir/volumes/$volume}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: ["$name"]}]}]}}
END
  done
}
