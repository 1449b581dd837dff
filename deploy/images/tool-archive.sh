#!/bin/sh
# tool-archive.sh: packs the command line with its own Java runtime into target/clusterbackup-VERSION-linux-ARCH.tar.gz, for machines that have no Java,
# such as a provisioner; prints where it is. The same input gives the same bytes.
set -eu
images=$(cd "$(dirname "$0")" && pwd)
here=$(cd "$images/../local" && pwd)
# shellcheck source=deploy/local/lib.sh
. "$here/lib.sh"
# shellcheck source=deploy/local/install.sh
. "$here/install.sh"
# shellcheck source=deploy/images/runtime.sh
. "$images/runtime.sh"
trap hand_back EXIT
cd "$checkout"

# The tests of this build have what they need: Maven must not run within Maven.
[ -n "${CLUSTERBACKUP_BUILT:-}" ] || "$here/build.sh"
runtime
name=clusterbackup-$project_version-linux-$(uname -m)
packed=$(mktemp -d)
trap 'rm -rf "$packed"; hand_back' EXIT
mkdir -p "$packed/$name" target
cp -rL cli/target/clusterbackup/. "$packed/$name/"
cp -rL "$java" "$packed/$name/jre"
# What the launcher and the cache leave there.
rm -f "$packed/$name/jre/.complete" "$packed/$name"/lib/*.jsa
chmod -R u=rwX,go=rX "$packed"
tar --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner --format=gnu -C "$packed" -cf - "$name" | gzip -n >"target/$name.tar.gz.new"
mv "target/$name.tar.gz.new" "target/$name.tar.gz"
echo "$checkout/target/$name.tar.gz"
