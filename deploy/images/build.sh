#!/bin/sh
# build.sh [NAME…]: builds the images into target/images/NAME.tar, for `docker load`, `podman load` or `ctr -n k8s.io images import`; all of them
# unless some are named, and prints their ids: the same input gives the same. Needs no registry and no running engine.
#
#   BASE       an image or an archive of one (docker-archive:FILE) to build on; without it base.sh makes one
#   REGISTRY   what image names begin with: localhost/cluster-backup
#   REVISION   what the images say that they were made from: the commit
set -eu
images=$(cd "$(dirname "$0")" && pwd)
here=$(cd "$images/../local" && pwd)
# shellcheck source=deploy/local/lib.sh
. "$here/lib.sh"
# shellcheck source=deploy/local/install.sh
. "$here/install.sh"
# shellcheck source=deploy/images/runtime.sh
. "$images/runtime.sh"
become_root "$0" "$@"
trap hand_back EXIT
cd "$checkout"
[ $# -gt 0 ] || set -- brick-agent etcd-agent k8s-dumper scheduler shipper clusterbackup kafka s3 sshd

registry=${REGISTRY:-localhost/cluster-backup}
revision=${REVISION:-$(git rev-parse HEAD 2>/dev/null || echo unknown)}
out=$checkout/target/images
context=$out/context
mkdir -p "$context"

have buildah || apt_install buildah runc
storage=$cache/images
mkdir -p "$storage"
buildah() { command buildah --root "$storage/root" --runroot "$storage/run" "$@"; }

# ---------------------------------------------------------------- what goes in

# place NAME FILE…: NAME's folder of the context has these, with the modes that everybody's umask gives.
place() {
  folder=$context/$1
  shift
  rm -rf "$folder"
  mkdir -p "$folder"
  cp -rL "$@" "$folder/"
  rm -f "$folder/.complete"
  chmod -R u=rwX,go=rX "$folder"
}

# java_options NAME OPTION…: as docs/configuration.md wants them; JDK_JAVA_OPTIONS adds to them, and wins.
java_options() {
  folder=$context/$1
  shift
  printf '%s\n' -XX:+UseSerialGC -XX:PretenureSizeThreshold=1m -XX:+ExitOnOutOfMemoryError -XX:-UsePerfData --enable-native-access=ALL-UNNAMED \
    --sun-misc-unsafe-memory-access=allow "$@" >"$folder/java.options"
  chmod 644 "$folder/java.options"
}

service() {
  case $1 in
    brick-agent) heap=256m ;;
    etcd-agent | k8s-dumper) heap=208m ;;
    *) heap=160m ;;
  esac
  place "$1" "$1"/target/quarkus-app/*
  java_options "$1" -Xmx$heap -jar /app/quarkus-run.jar
}

kafka() {
  ensure_kafka
  place kafka "$kafka"/*.jar
  "$JAVA_HOME/bin/javac" -proc:none -d "$context/kafka/classes" -cp "events/target/classes:$kafka/*" deploy/local/CreateTopics.java
  cp -r events/target/classes/. "$context/kafka/classes/"
  chmod -R u=rwX,go=rX "$context/kafka/classes"
  java_options kafka -Xmx256m -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp '/app/classes:/app/*'
}

tool() {
  ensure_etcd
  place tool cli/target/clusterbackup/*
  cp "$etcd_bin/etcd" "$etcd_bin/etcdctl" "$etcd_bin/etcdutl" "$context/tool/bin/"
  chmod 755 "$context"/tool/bin/*
}

s3() {
  ensure_versitygw
  place s3 "$versitygw"
}

# ---------------------------------------------------------------- images

# base: sets $base to what `FROM` takes.
base() {
  base=${BASE:-}
  [ -z "$base" ] || return 0
  archive=$("$images/base.sh")
  base=localhost/base:${archive##*-}
  buildah inspect --type image "$base" >/dev/null 2>&1 || {
    printf 'FROM scratch\nADD base.tar /\n' | buildah build --timestamp 0 --format docker -q -t "$base" -f - "$archive" >/dev/null
  }
}

# image NAME DOCKERFILE ARGUMENT…
image() {
  name=$1 file=$2
  shift 2
  tag=$registry/$name:$project_version
  say "building $tag"
  buildah build --layers --format docker --isolation chroot --timestamp "$epoch" --build-arg BASE="$base" --build-arg VERSION="$project_version" \
    --build-arg REVISION="$revision" "$@" -t "$tag" -f "$images/$file" "$context" >"$out/$name.log" 2>&1 || {
    tail -n 20 "$out/$name.log" >&2
    die "could not build $tag"
  }
  id=$(buildah inspect --type image --format '{{.FromImageID}}' "$tag")
  if [ ! -e "$out/$name.tar" ] || [ "$(cat "$out/$name.id" 2>/dev/null)" != "$id" ]; then
    rm -f "$out/$name.id" "$out/$name.tar"
    buildah push -q "$tag" "docker-archive:$out/$name.tar:$tag"
    echo "$id" >"$out/$name.id"
  fi
  echo "$tag sha256:$id"
}

# The tests of this build have what they need: Maven must not run within Maven.
[ -n "${CLUSTERBACKUP_BUILT:-}" ] || "$here/build.sh"
base
runtime
place java "$java"/*
chmod 755 "$context"/java/bin/* "$context/java/lib/jspawnhelper" "$context/java/lib/jexec"
cp "$images/install.sh" "$images/collect.sh" "$context/"
for name; do
  case $name in
    brick-agent)
      service "$name"
      # Beside what the agent calls, what a person needs who looks into a brick's file system.
      image "$name" Dockerfile --build-arg NAME="$name" --build-arg RUN_AS=0:0 --build-arg PACKAGES="xfsdump xfsprogs attr acl tar util-linux" \
        --build-arg PROGRAMS="xfsdump tar lsblk ionice nice xfs_db xfs_io xfs_spaceman getfattr getfacl"
      ;;
    etcd-agent | k8s-dumper | scheduler | shipper)
      service "$name"
      image "$name" Dockerfile --build-arg NAME="$name"
      ;;
    kafka)
      kafka
      image "$name" Dockerfile --build-arg NAME="$name"
      ;;
    clusterbackup)
      tool
      image "$name" tool.Dockerfile --build-arg PACKAGES="xfsdump xfsprogs attr acl tar util-linux mount e2fsprogs openssh-client procps"
      ;;
    s3)
      s3
      image "$name" s3.Dockerfile
      ;;
    sshd) image "$name" sshd.Dockerfile ;;
    *) die "unknown image $name" ;;
  esac
done
