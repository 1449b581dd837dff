#!/bin/sh
# start-prometheus.sh DIR PORT JOB=HOST:PORT...: Debian's Prometheus on loopback, in the foreground, with the rules of deploy/components/monitoring.
# A job is the name of a service: brick-agent=127.0.0.1:8080; one with several instances is given several times.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/local/lib.sh
. "$here/lib.sh"
# shellcheck source=deploy/local/install.sh
. "$here/install.sh"
[ $# -ge 3 ] || die "usage: start-prometheus.sh DIR PORT JOB=HOST:PORT..."
ensure_prometheus
dir=$1 port=$2
shift 2
mkdir -p "$dir"
cp "$here/../components/monitoring/rules.yaml" "$dir/rules.yaml"
{
  printf 'global: {scrape_interval: 5s, evaluation_interval: 5s}\nrule_files: [rules.yaml]\nscrape_configs:\n'
  for job; do
    printf '%s\n' "${job%%=*}"
  done | sort -u | while read -r name; do
    printf '  - job_name: cluster-backup-%s\n    metrics_path: /q/metrics\n    static_configs:\n      - targets:\n' "$name"
    for job; do
      [ "${job%%=*}" != "$name" ] || printf '          - "%s"\n' "${job#*=}"
    done
  done
} >"$dir/prometheus.yml"
# Debian keeps the pages' files outside of the program; later versions have them inside.
assets=$prometheus/usr/share/prometheus/web
pages=
! "$prometheus/usr/bin/prometheus" --help 2>&1 | grep -q -- '--web.local-assets' || pages=--web.local-assets=$assets
# shellcheck disable=SC2086  # one word or none
exec "$prometheus/usr/bin/prometheus" --config.file="$dir/prometheus.yml" --storage.tsdb.path="$dir/data" --storage.tsdb.retention.time=15d \
  --web.listen-address="127.0.0.1:$port" --log.level=warn $pages
