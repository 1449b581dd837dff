#!/bin/sh
# forwarded.sh KUBECTL KUBECONFIG NAMESPACE SERVICE PORT COMMAND…: runs COMMAND while a port of loopback leads to the service, through the kubelet, which
# network policies do not keep out. In COMMAND's words {port} is that port; kubectl's own words go to stderr if it fails.
set -eu
kubectl=$1 kubeconfig=$2 namespace=$3 service=$4 port=$5
shift 5
said=$(mktemp)
"$kubectl" --kubeconfig "$kubeconfig" -n "$namespace" port-forward --address 127.0.0.1 "service/$service" ":$port" >"$said" 2>&1 </dev/null &
forward=$!
trap 'kill "$forward" 2>/dev/null || :; rm -f "$said"' EXIT
trap 'exit 143' TERM INT
tries=300
until local_port=$(sed -n 's/^Forwarding from 127\.0\.0\.1:\([0-9]*\) .*/\1/p' "$said") && [ -n "$local_port" ]; do
  tries=$((tries - 1))
  if [ $tries -eq 0 ] || ! kill -0 "$forward" 2>/dev/null; then
    echo "no way to service $namespace/$service: $(cat "$said")" >&2
    exit 17
  fi
  sleep 0.1
done
for word; do
  shift
  case $word in *'{port}'*) word=${word%%'{port}'*}$local_port${word#*'{port}'} ;; esac
  set -- "$@" "$word"
done
"$@"
