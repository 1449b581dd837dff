#!/bin/sh
# gluster.sh VERB DIR ...: real Gluster servers on one machine, each in its own mount, network, host name and process namespaces, joined by a
# bridge that the machine's own network does not see. All state lies in DIR.
#
#   start DIR SERVER                    a server: `glusterd` runs, its host name is SERVER, other servers of DIR reach it by that name
#   brick DIR SERVER BRICK [SIZE]       a brick's file system there: XFS on a sparse file (1 G), mounted at /media/BRICK; again after a start: mounts it
#   exec DIR SERVER COMMAND...          inside the server
#   agent DIR SERVER COMMAND...         sees the server's files and mounts, as a DaemonSet's pod does, but has the machine's network and processes
#   rescue DIR SERVER COMMAND...        inside the server, but with the machine's network; /run/server.net is the server's own, for `nsenter --net`
#   volume DIR SERVER VOLUME [REPLICAS] SERVER:BRICK...   a replicated volume over these bricks, started, from SERVER, which probes the others
#   mount DIR SERVER VOLUME             a client's mount with ACLs at /mnt/VOLUME
#   stop DIR [SERVER]                   ends one server, or all and the bridge; state and file systems stay
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/local/lib.sh
. "$here/lib.sh"
[ $# -ge 2 ] || die "usage: see the head of $0"
become_root "$0" "$@"
PATH=$PATH:/usr/sbin:/sbin
verb=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd)
shift 2
# Those of the server's own namespaces hide them.
case $dir in /run/* | /media/* | /mnt/*) die "$dir: choose a folder outside /run, /media and /mnt" ;; esac

# ---------------------------------------------------------------- the bridge

start_bridge() {
  alive "$dir" bridge && return 0
  # shellcheck disable=SC2016  # for the inner shell
  start "$dir" bridge unshare --net -- sh -c 'ip link set lo up; ip link add bridge0 type bridge && ip link set bridge0 up && echo ready >"$0/bridge.ready"; exec sleep infinity' "$dir"
  await 10 "a bridge for the gluster servers" test -s "$dir/bridge.ready"
  rm -f "$dir/bridge.ready"
  alive "$dir" bridge || die "no bridge: $(tail -n 3 "$dir/bridge.log")"
}

# plug PID NUMBER: gives the network namespace of the process an interface on the bridge.
plug() {
  alive "$dir" bridge
  nsenter --net="/proc/$pid/ns/net" -- sh -eu -c "
    ip link del port$2 2>/dev/null || true
    ip link add port$2 type veth peer name eth0 netns $1
    ip link set port$2 master bridge0 up"
  nsenter --net="/proc/$1/ns/net" -- sh -eu -c "ip link set lo up; ip addr add 10.99.0.$2/24 dev eth0; ip link set eth0 up"
}

# ---------------------------------------------------------------- a server

# number SERVER: its address' last part, kept in DIR/hosts.
number() { awk -v name="$1" '$2 == name { sub(/.*[.]/, "", $1); print $1 }' "$dir/hosts"; }

start_server() {
  server=$1
  alive "$dir" "$server" && return 0
  start_bridge
  home=$dir/$server
  mkdir -p "$home/glusterd" "$home/etc" "$home/log" "$home/xfsdump" "$home/clusterbackup" "$home/bricks"
  [ -e "$home/etc/glusterd.vol" ] || cp -a /etc/glusterfs/. "$home/etc/"
  # Option groups come with the package; the machine's own gluster state does not concern us.
  [ ! -d /var/lib/glusterd/groups ] || cp -a /var/lib/glusterd/groups "$home/glusterd/"
  [ -e "$dir/hosts" ] || printf '127.0.0.1 localhost\n' >"$dir/hosts"
  [ -n "$(number "$server")" ] || echo "10.99.0.$(($(wc -l <"$dir/hosts") + 10)) $server" >>"$dir/hosts"
  rm -f "$home/network" "$home/up"
  start "$dir" "$server" unshare --mount --net --uts --pid --fork --kill-child --propagation private -- sh -eu "$here/gluster-init.sh" "$dir" "$server"
  alive "$dir" "$server" || die "$server does not start: $(tail -n 3 "$dir/$server.log")"
  await 10 "$server's namespaces" test -e "$home/ready" || die "see $dir/$server.log"
  rm -f "$home/ready"
  plug "$pid" "$(number "$server")"
  : >"$home/network"
  await 30 "glusterd of $server" inside "$server" gluster --mode=script pool list || die "$(tail -n 5 "$dir/$server.log" "$home/log/glusterd.log" 2>&1)"
}

# Entering a mount namespace leaves a chroot: so the root is named, too.
inside() {
  alive "$dir" "$1" || die "server $1 does not run"
  shift
  nsenter --mount="/proc/$pid/ns/mnt" --root="/proc/$pid/root" --wd="/proc/$pid/root" --net="/proc/$pid/ns/net" --uts="/proc/$pid/ns/uts" --pid="/proc/$pid/ns/pid_for_children" -- "$@"
}

# To reach a backup's target on loopback from within.
rescue() {
  alive "$dir" "$1" || die "server $1 does not run"
  shift
  exec nsenter --mount="/proc/$pid/ns/mnt" --root="/proc/$pid/root" --wd="/proc/$pid/root" --uts="/proc/$pid/ns/uts" --pid="/proc/$pid/ns/pid_for_children" -- "$@"
}

# A mount namespace of its own, into which the server's later mounts propagate (Kubernetes calls it HostToContainer).
beside() {
  alive "$dir" "$1" || die "server $1 does not run"
  shift
  # shellcheck disable=SC2016  # for the inner shell
  exec nsenter --mount="/proc/$pid/ns/mnt" --root="/proc/$pid/root" --wd="/proc/$pid/root" -- unshare --mount --propagation slave -- sh -c 'mount -t proc proc /proc; exec "$@"' sh "$@"
}

# ---------------------------------------------------------------- bricks and volumes

make_brick() {
  image=$dir/$1/bricks/$2.img
  if [ ! -e "$image" ]; then
    truncate -s "${3:-1G}" "$image"
    mkfs.xfs -q -L "$2" "$image"
  fi
  # shellcheck disable=SC2016  # for the inner shell
  inside "$1" sh -eu -c 'mkdir -p "/media/$1"; mountpoint -q "/media/$1" || mount -o loop,noatime "$2" "/media/$1"' sh "$2" "$image"
}

# connected SERVER NUMBER: whether so many servers, itself among them, are in its pool and connected.
connected() { [ "$(inside "$1" gluster --mode=script pool list | grep -c Connected)" -ge "$2" ]; }

make_volume() {
  server=$1 volume=$2
  shift 2
  case $1 in
    *:*) count=$# ;;
    *) count=$1 && shift ;;
  esac
  for brick; do
    peer=${brick%%:*}
    shift
    set -- "$@" "$peer:/media/${brick#*:}/brick"
    [ "$peer" = "$server" ] || inside "$server" gluster --mode=script peer probe "$peer" >&2
  done
  servers=$(printf '%s\n' "$@" | cut -d: -f1 | sort -u | wc -l)
  await 20 "the peers of $server" connected "$server" "$servers"
  inside "$server" gluster --mode=script volume create "$volume" replica "$count" "$@" force >&2
  inside "$server" gluster --mode=script volume start "$volume" >&2
}

mount_volume() {
  # shellcheck disable=SC2016  # for the inner shell
  inside "$1" sh -eu -c 'mkdir -p "/mnt/$2"; mountpoint -q "/mnt/$2" || mount -t glusterfs -o acl "$1:/$2" "/mnt/$2"' sh "$1" "$2"
}

# KILL: init of a process namespace takes all its processes along, and `unshare` waits for no other signal.
stop_all() {
  for file in "$dir"/*.pid; do
    [ -e "$file" ] || continue
    name=${file##*/}
    stop "$dir" "${name%.pid}" KILL
  done
}

# A brick's loop device goes with its last mount, a moment after the server; an agent beside it may hold it longer.
released() { ! losetup -n -O BACK-FILE | grep -qF "$dir/${1:-}"; }

case $verb in
  start) start_server "$1" ;;
  brick) make_brick "$@" ;;
  exec) inside "$@" ;;
  agent) beside "$@" ;;
  rescue) rescue "$@" ;;
  volume) make_volume "$@" ;;
  mount) mount_volume "$@" ;;
  stop)
    if [ $# -gt 0 ]; then stop "$dir" "$1" KILL; else stop_all; fi
    await 10 "the release of the bricks' loop devices" released ${1:+"$1/"} || true
    ;;
  *) die "unknown verb $verb" ;;
esac
