#!/bin/sh
# start-kafka.sh DIR PORT [FILE]: one KRaft broker on loopback, in the foreground; DIR keeps its data, so that the same call goes on with them. FILE has
# settings that count before those made here.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/local/lib.sh
. "$here/lib.sh"
# shellcheck source=deploy/local/install.sh
. "$here/install.sh"
[ $# -ge 2 ] || die "usage: start-kafka.sh DIR PORT [FILE]"
ensure_kafka
mkdir -p "$1"
dir=$(cd "$1" && pwd) port=$2

controller_port=$(free_port)
cat >"$dir/server.properties" <<END
process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:$controller_port
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller_port
advertised.listeners=PLAINTEXT://127.0.0.1:$port
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=$dir/data
auto.create.topics.enable=false
num.partitions=1
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
END
[ -z "${3:-}" ] || cat "$3" >>"$dir/server.properties"

set -- "$JAVA_HOME/bin/java" -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$kafka/*"
if [ ! -e "$dir/data/meta.properties" ]; then
  rm -rf "$dir/data"
  # A cluster id is 16 bytes in base64 for URLs, without padding; it must not begin with a dash.
  id=A$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | cut -c2-22)
  "$@" kafka.tools.StorageTool format --config "$dir/server.properties" --cluster-id "$id" >&2
fi
exec "$@" kafka.Kafka "$dir/server.properties"
