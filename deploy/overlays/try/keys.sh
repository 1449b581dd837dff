#!/bin/sh
# keys.sh: what `kubectl apply -k deploy/overlays/try` needs: a keys directory and credentials of the servers, in secrets/ beside this script.
# Does nothing when they are there. Takes clusterbackup from PATH, or from this checkout's build.
set -eu
cd "$(dirname "$0")"
[ ! -e secrets ] || exit 0
PATH=$PATH:$PWD/../../../cli/target/clusterbackup/bin
umask 077
made=$(mktemp -d ./secrets.XXXXXX)
trap 'rm -rf "$made"' EXIT
clusterbackup keys generate "$made/keys" --target vault --target cellar >/dev/null
mkdir "$made/s3" "$made/api" "$made/ssh"
# random BYTES
random() { head -c "$1" /dev/urandom | od -An -tx1 | tr -d ' \n'; }
random 10 >"$made/s3/access-key"
random 20 >"$made/s3/secret-key"
random 20 >"$made/api/token"
for key in identity host-key; do ssh-keygen -q -t ed25519 -N '' -C '' -f "$made/ssh/$key"; done
echo "[ssh-cellar.cluster-backup.svc]:2222 $(cut -d' ' -f1,2 "$made/ssh/host-key.pub")" >"$made/ssh/known_hosts"
mv "$made" secrets
echo "made $PWD/secrets; take secrets/keys/identity.txt to a safe place: it alone opens the backups, and nothing in the cluster needs it" >&2
