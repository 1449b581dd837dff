#!/bin/sh
# build.sh: builds the services and the command line, without tests; does nothing when no source is newer than the last build.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/local/lib.sh
. "$here/lib.sh"
# shellcheck source=deploy/local/install.sh
. "$here/install.sh"
trap hand_back EXIT
cd "$checkout"
ensure_maven

stamp=target/built
built() {
  [ -e $stamp ] && [ -x cli/target/clusterbackup/bin/clusterbackup ] || return 1
  for service in scheduler brick-agent etcd-agent k8s-dumper shipper; do
    [ -e $service/target/quarkus-app/quarkus-run.jar ] || return 1
  done
  [ -z "$(find pom.xml ./*/pom.xml ./*/src/main -newer $stamp -print -quit)" ]
}

if ! built; then
  say "building (the first time about five minutes on two cores, and Maven fetches its jars)"
  began=$(mktemp)
  mkdir -p target
  mvn -q -B -ntp -DskipTests -pl cli,scheduler,brick-agent,etcd-agent,k8s-dumper,shipper -am package >target/build.log 2>&1 || {
    tail -n 40 target/build.log >&2
    die "the build failed: all of its output is in target/build.log"
  }
  mv "$began" $stamp
  built || die "the build left out something: see target/build.log"
fi
