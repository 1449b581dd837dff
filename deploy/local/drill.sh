#!/bin/sh
# drill.sh: the disaster drill on real components: a cluster of three Gluster servers, etcd and Kubernetes is backed up; a brick is lost, then a server,
# then everything; each comes back as docs/operations says, and is compared. Prints how long each recovery took. Needs root, like ./test.
set -eu
checkout=$(cd "$(dirname "$0")/../.." && pwd)
cd "$checkout"
./test -pl acceptance -am -Dtest=none -Dit.test=WalkingPathIT -DexcludedGroups= -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false
echo
cat acceptance/target/recovery-times.txt
