#!/bin/sh
# bench-kubernetes.sh [ROUNDS]: a dump of 10,000 Kubernetes objects, from the request until its artifact is in staging, and `kubectl get` of the same
# resources into a file, in turn; prints medians, ratios and bytes. ROUNDS is 3.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/local/bench-lib.sh
. "$here/bench-lib.sh"
become_root "$here/bench-kubernetes.sh" "$@"
rounds=${1:-3}
ensure_etcd
ensure_kube
clear_stage kubernetes

etcd_members=m1

# 4,000 config maps, 3,000 secrets and 3,000 custom objects of 1 to 4 kB, by one curl over connections that stay: kubectl takes some minutes.
create_objects() {
  token=$(sed -n 's/.*{token: \([0-9a-f]*\)}.*/\1/p' "$dir/kubernetes/admin.kubeconfig")
  server=$(sed -n 's/.*server: "\([^"]*\)".*/\1/p' "$dir/kubernetes/admin.kubeconfig")
  # shellcheck disable=SC2016  # perl's
  perl -MMIME::Base64 -e 'my ($server, $token, $ca) = @ARGV; srand 1;
    my $text = sub { join "", map { chr(97 + int rand 26) } 1 .. shift };
    my $put = sub { my ($path, $number, $json) = @_; $json =~ s/"/\\"/g;
      print "next\n" if $number; print qq(url = "$server$path"\nheader = "Authorization: Bearer $token"\nheader = "Content-Type: application/json"\ncacert = "$ca"\nfail-with-body\noutput = "/dev/null"\ndata = "$json"\n); };
    for my $number (0 .. 9999) {
      my $meta = qq("metadata":{"name":"bench-$number","namespace":"shop","labels":{"app":"app-) . $number % 50 . qq("}});
      my $value = $text->(1000 + $number * 7919 % 3000);
      if ($number % 10 < 4) { $put->("/api/v1/namespaces/shop/configmaps", $number, qq({"apiVersion":"v1","kind":"ConfigMap",$meta,"data":{"value":"$value"}})); }
      elsif ($number % 10 < 7) { $put->("/api/v1/namespaces/shop/secrets", $number, qq({"apiVersion":"v1","kind":"Secret",$meta,"data":{"value":") . encode_base64($value, "") . qq("}})); }
      else { $put->("/apis/example.org/v1/namespaces/shop/backups", $number, qq({"apiVersion":"example.org/v1","kind":"Backup",$meta,"spec":{"size":$number}})); }
    }' "$server" "$token" "$dir/kubernetes/certs/apiserver.crt" >"$dir/objects.curl"
  curl -sS --parallel --parallel-max 8 --config "$dir/objects.curl" >"$run/curl.log" 2>&1 || fail "the objects are not taken" "$run/curl.log"
  rm "$dir/objects.curl"
}

# as FORMAT: what may be listed, all of it, into a file.
as() {
  kubectl get "$(kubectl api-resources --verbs=list -o name | paste -sd,)" --all-namespaces -o "$1" >"$dir/objects.$1" 2>>"$run/bench.log"
}

say "an API server, and its objects"
start_stage
start_etcd_members
start_kubernetes >/dev/null
create_objects
as json
say "$(jq '.items | length' "$dir/objects.json") objects"

for round in $(seq "$rounds"); do
  say "round $round"
  new_repositories
  start_kubernetes_agent
  timed kubectl-json as json
  timed kubectl-yaml as yaml
  note json "$(stat -c %s "$dir/objects.json")"
  ours kubernetes/main ours-first agent-kubernetes
  note ours-kept "$(du -sb "$dir/off-site" | cut -f1)"
  timed kubectl-json-second as json
  ours kubernetes/main ours-second agent-kubernetes
  note_peaks agent-kubernetes
done

{
  echo
  machine
  echo "| what | ours | instead | ratio |"
  echo "|---|---|---|---|"
  line "first dump, request to artifact in staging" ours-first.ready kubectl-json
  line "the same" ours-first.ready kubectl-yaml
  line "second" ours-second.ready kubectl-json-second
  line "first dump, request to verified off-site" ours-first kubectl-json
  bytes "kept after the first" ours-kept json
  echo
  cpu_and_memory
} | tee "$dir/table.md"
