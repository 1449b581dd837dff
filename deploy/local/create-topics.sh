#!/bin/sh
# create-topics.sh BOOTSTRAP [REPLICAS]: the topics that the events module declares, with their settings; needs the build. Prints what it made.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/local/lib.sh
. "$here/lib.sh"
# shellcheck source=deploy/local/install.sh
. "$here/install.sh"
[ $# -ge 1 ] || die "usage: create-topics.sh BOOTSTRAP [REPLICAS]"
[ -d "$checkout/events/target/classes" ] || die "not built: run deploy/local/build.sh"
ensure_kafka
exec "$JAVA_HOME/bin/java" -Xmx128m -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp "$checkout/events/target/classes:$kafka/*" \
  "$here/CreateTopics.java" "$1" "${2:-1}"
