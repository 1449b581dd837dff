#!/bin/sh
# gluster-init.sh DIR SERVER: the first process of a server that gluster.sh starts, within its namespaces. Its end is that of all of them.
set -eu
dir=$1 server=$2
home=$dir/$server

# Later mounts shall reach the agents that look in from beside. In a chroot, whose root is no mount, those see what was mounted before they started.
mount --make-rshared / 2>/dev/null || true
hostname "$server"
mount -t proc proc /proc
mount -t tmpfs -o mode=755 tmpfs /run
for place in /media /mnt; do
  mkdir -p $place
  mount -t tmpfs -o mode=755 tmpfs $place
done
while read -r from to; do
  mkdir -p "$to"
  mount --bind "$home/$from" "$to"
done <<END
glusterd /var/lib/glusterd
etc /etc/glusterfs
log /var/log/glusterfs
xfsdump /var/lib/xfsdump
clusterbackup /var/lib/clusterbackup
END
mount --bind "$dir/hosts" /etc/hosts

: >/run/server.net
mount --bind /proc/self/ns/net /run/server.net
: >"$home/ready"
until [ -e "$home/network" ]; do sleep 0.1; done
glusterd
# Whoever is orphaned here becomes a child of this shell, and `wait` takes leave of it.
while :; do
  sleep 5 &
  wait
done
