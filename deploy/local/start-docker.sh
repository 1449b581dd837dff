#!/bin/sh
# start-docker.sh DIR: an engine of its own at DIR/docker.sock, in the foreground, beside one that the machine may have. It changes no firewall
# rule; its networks lead to this machine only. Images and containers lie in DIR.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/local/lib.sh
. "$here/lib.sh"
# shellcheck source=deploy/local/install.sh
. "$here/install.sh"
[ $# -eq 1 ] || die "usage: start-docker.sh DIR"
become_root "$0" "$@"
have dockerd || apt_install docker.io
mkdir -p "$1"
dir=$(cd "$1" && pwd)
exec dockerd --host "unix://$dir/docker.sock" --data-root "$dir/data" --exec-root "$dir/exec" --pidfile "$dir/docker.pid" --bridge none --iptables=false \
  --ip6tables=false --group root
