#!/bin/sh
# kubernetes-fingerprint.sh KUBECTL KUBECONFIG: a line an object of every resource that can be listed, without what each server sets by itself: two clusters hold
# the same objects when these are the same. Events and leases, which come and go by themselves, are left out.
set -eu
kubectl() { "$program" --kubeconfig "$config" "$@" </dev/null; }
program=$1 config=$2
resources=$(kubectl api-resources --verbs=list -o name) || [ -n "$resources" ]
for resource in $(echo "$resources" | grep -v -e '^events' -e '^leases' -e '^componentstatuses$'); do
  kubectl get "$resource" --all-namespaces -o json 2>/dev/null | jq -cS --arg resource "$resource" '.items[] | {resource: $resource} + .
    | del(.metadata.uid, .metadata.resourceVersion, .metadata.creationTimestamp, .metadata.managedFields, .metadata.generation, .status)'
done | sort -u
