#!/bin/sh
# start-versitygw.sh DIR PORT [OPTION...]: an S3 server on loopback, in the foreground (--cert and --key for TLS).
# Its root user is ROOT_ACCESS_KEY / ROOT_SECRET_KEY, by default rootaccess / rootsecret12345. A bucket is a folder of DIR/data.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/local/lib.sh
. "$here/lib.sh"
# shellcheck source=deploy/local/install.sh
. "$here/install.sh"
[ $# -ge 2 ] || die "usage: start-versitygw.sh DIR PORT [OPTION...]"
ensure_versitygw
dir=$1 port=$2
shift 2
mkdir -p "$dir/data" "$dir/versions" "$dir/iam"
export ROOT_ACCESS_KEY="${ROOT_ACCESS_KEY:-rootaccess}" ROOT_SECRET_KEY="${ROOT_SECRET_KEY:-rootsecret12345}"
exec "$versitygw" --port "127.0.0.1:$port" --quiet --region "${S3_REGION:-eu-central-1}" --iam-dir "$dir/iam" --keep-alive "$@" \
  posix --versioning-dir "$dir/versions" "$dir/data"
