#!/bin/sh
# start-node.sh DIR [NAME]: a Kubernetes of one real node, NAME or `node`, in the foreground: API server, controllers, scheduler, kubelet, containerd,
# kube-proxy, and a name server for Services. DIR/ready is there when the node is Ready; DIR/admin.kubeconfig may do everything, from this machine;
# `DIR/in-node COMMAND…` runs a command on the node. It is gone when this ends; with what DIR keeps the same call goes on.
#
# The node lives in namespaces of its own (network, mounts, processes, cgroups) and leads nowhere. Of the machine it sees programs and /etc; /media,
# what Gluster keeps, and its own state lie in DIR/root. There are eight local volumes, and images are those that somebody imports:
#   DIR/in-node ctr -n k8s.io images import FILE
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/local/lib.sh
. "$here/lib.sh"
# shellcheck source=deploy/local/install.sh
. "$here/install.sh"
# shellcheck source=deploy/local/node-parts.sh
. "$here/node-parts.sh"

# Folders that the node has for itself.
own="/media /var/lib/kubelet /var/lib/containerd /var/lib/cni /var/lib/glusterd /var/lib/xfsdump /var/log"

# ---------------------------------------------------------------- around the node

# Several may run: each has a number, by a lock that ends with its holder.
take_number() {
  number=0
  while [ $number -lt 64 ]; do
    exec 8>"/run/lock/cluster-backup-node-$number"
    if flock -n 8; then
      ns=cluster-backup-node-$number host_ip=10.89.0.$((number * 4 + 1)) node_ip=10.89.0.$((number * 4 + 2))
      return 0
    fi
    number=$((number + 1))
  done
  die "64 nodes run already"
}

# With version 1 of cgroups one group for each hierarchy, below this process's own.
cgroups() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    echo "/sys/fs/cgroup/$ns"
  else
    while IFS=: read -r _ controller path; do
      [ -z "$controller" ] || echo "/sys/fs/cgroup/${controller#name=}$path/$ns"
    done </proc/self/cgroup
  fi
}

make_cgroups() {
  cgroups >"$dir/cgroups"
  while read -r group; do
    mkdir -p "$group"
    if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
      sed 's/^/+/; s/ / +/g' /sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control || :
      mkdir -p "$group/around"
    elif [ -e "$group/cpuset.cpus" ]; then
      for file in cpuset.cpus cpuset.mems; do cat "$group/../$file" >"$group/$file"; done
    fi
  done <"$dir/cgroups"
}

# Also what an earlier one left that was killed.
clear_away() {
  rm -f "$dir/ready" "$dir/in-node" "$dir/first"
  [ ! -e "/run/netns/$ns" ] || ip netns del "$ns" || :
  ip link del "cbnode$number" 2>/dev/null || :
  for group in $(cgroups); do
    tries=50
    while [ -d "$group" ] && [ $tries -gt 0 ]; do
      find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || :
      tries=$((tries - 1))
      [ ! -d "$group" ] || sleep 0.1
    done
  done
}

finish() {
  status=$?
  trap - EXIT INT TERM
  # Its first process takes all others with it.
  if [ -n "$around" ]; then
    kill -s KILL "$around" 2>/dev/null || :
    wait "$around" 2>/dev/null || :
  fi
  clear_away
  # shellcheck disable=SC2086  # a list of words
  [ -z "$made" ] || rmdir $made 2>/dev/null || :
  exit $status
}

outer() {
  become_root "$0" "$@"
  ensure_kube
  ensure_etcd
  ensure_node
  dir=$(mkdir -p "$1/log" && cd "$1" && pwd) name=${2:-node}
  take_number
  made='' around=''
  clear_away
  trap finish EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  for folder in $own; do
    [ -d "$folder" ] || {
      mkdir "$folder"
      made="$made $folder"
    }
  done
  make_cgroups
  ip netns add "$ns"
  ip link add "cbnode$number" type veth peer name eth0 netns "$ns"
  ip addr add "$host_ip/30" dev "cbnode$number"
  ip link set "cbnode$number" up
  export kube etcd_bin
  # shellcheck disable=SC2016  # of that shell
  setpriv --pdeathsig KILL sh -euc '
    while read -r group; do echo $$ >"$group/cgroup.procs"; done <"$1/cgroups"
    shift
    exec ip netns exec "$@"
  ' sh "$dir" "$ns" unshare --mount --propagation private --cgroup --pid --fork --kill-child --mount-proc \
    "$here/start-node.sh" --inner "$dir" "$name" "$node_ip" >"$dir/log/node.log" 2>&1 </dev/null 8>&- &
  around=$!
  while kill -0 $around 2>/dev/null && ! [ -s "$dir/first" ]; do sleep 0.1; done
  # With version 2 a group that limits others has no processes itself.
  [ ! -e /sys/fs/cgroup/cgroup.controllers ] || echo $around >"/sys/fs/cgroup/$ns/around/cgroup.procs"
  read -r first _ <"/proc/$around/task/$around/children" || :
  # shellcheck disable=SC2016  # of the other script
  printf '#!/bin/sh\nexec nsenter --all --target %s -- "$@"\n' "${first:-none}" >"$dir/in-node"
  chmod 755 "$dir/in-node"
  status=0
  wait $around || status=$?
  around=
  tail -n 20 "$dir/log/node.log" >&2
  exit $status
}

# ---------------------------------------------------------------- on the node

inner() {
  dir=$1 name=$2 node_ip=$3
  echo there >"$dir/first"
  node_mounts
  node_network
  node_keys
  start_control_plane
  start_kubelet
  kubectl() { "$kube/kubectl" "--kubeconfig=$dir/admin.kubeconfig" "$@"; }
  start_on_node kube-scheduler "$kube/kube-scheduler" "--kubeconfig=$dir/system:kube-scheduler.kubeconfig" --leader-elect=false --secure-port=0
  start_on_node kube-proxy "$kube/kube-proxy" "--kubeconfig=$dir/system:kube-proxy.kubeconfig" "--hostname-override=$name" --proxy-mode=nftables \
    --cluster-cidr=10.244.0.0/24 --conntrack-max-per-core=0 --conntrack-tcp-timeout-established=0 --conntrack-tcp-timeout-close-wait=0
  start_on_node kube-names "$kube/kube-names" "--kubeconfig=$dir/admin.kubeconfig" "--address=$node_ip:53"
  local_volumes | kubectl apply -f - >/dev/null
  await 120 "the node" kubectl get node "$name"
  kubectl wait --for=condition=Ready "node/$name" --timeout=120s
  : >"$dir/ready"
  # The node's first process gets those whose parents have ended.
  while :; do
    sleep 3600 &
    wait $!
  done
}

case ${1:-} in
  --inner)
    shift
    inner "$@"
    ;;
  '') die "usage: start-node.sh DIR [NAME]" ;;
  *) outer "$@" ;;
esac
