#!/bin/sh
# scheduler-status.sh FORWARDED_SH KUBECTL KUBECONFIG: what the scheduler says of the whole system, as JSON. Through the API server where that may reach its pod;
# where network policies keep it out, through the kubelet.
set -eu
forwarded=$1 kubectl=$2 kubeconfig=$3
"$kubectl" --kubeconfig "$kubeconfig" --request-timeout 10s get --raw /api/v1/namespaces/cluster-backup/services/http:scheduler:8080/proxy/api/status 2>/dev/null ||
  sh "$forwarded" "$kubectl" "$kubeconfig" cluster-backup scheduler 8080 "$kubectl" --server 'http://127.0.0.1:{port}' --request-timeout 10s get --raw /api/status
