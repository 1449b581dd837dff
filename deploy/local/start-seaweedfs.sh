#!/bin/sh
# start-seaweedfs.sh DIR PORT [OPTION...]: a second, different S3 server on loopback, in the foreground, telemetry off.
# Its user is ROOT_ACCESS_KEY / ROOT_SECRET_KEY, by default rootaccess / rootsecret12345.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/local/lib.sh
. "$here/lib.sh"
# shellcheck source=deploy/local/install.sh
. "$here/install.sh"
[ $# -ge 2 ] || die "usage: start-seaweedfs.sh DIR PORT [OPTION...]"
ensure_seaweedfs
mkdir -p "$1"
dir=$(cd "$1" && pwd) port=$2
shift 2
# Readable by its owner only: it holds the secret.
(umask 077 && cat >"$dir/s3.json" <<END
{"identities":[{"name":"root","credentials":[{"accessKey":"${ROOT_ACCESS_KEY:-rootaccess}","secretKey":"${ROOT_SECRET_KEY:-rootsecret12345}"}],"actions":["Admin","Read","Write","List","Tagging"]}]}
END
)
exec "$weed" -logtostderr=true mini -dir="$dir" -ip=127.0.0.1 -ip.bind=127.0.0.1 -master.telemetry=false -webdav=false -admin.ui=false \
  -s3.port.iceberg=0 -s3.port.lance=0 -master.port="$(free_port)" -volume.port="$(free_port)" -filer.port="$(free_port)" -admin.port="$(free_port)" \
  -s3.port="$port" -s3.config="$dir/s3.json" "$@"
