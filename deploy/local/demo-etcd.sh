# shellcheck shell=sh
# The demo's etcd: three members, their keys, their end and their return. To be sourced by ./demo.
# shellcheck disable=SC2154,SC2034  # variables of ./demo, set there or used there

etcd_members='m1 m2 m3'

# etcd_port MEMBER client|peer: the same one in every call.
etcd_port() {
  eval "port=\${etcd_${2}_$1:-}"
  echo "$port"
}

etcd_url() { echo "http://127.0.0.1:$(etcd_port "$1" "$2")"; }

# etcd_list FORMAT: `client` URLs or `member`s with their peer URLs, with commas between.
etcd_list() {
  for member in $etcd_members; do
    case $1 in
      client) etcd_url "$member" client ;;
      member) echo "$member=$(etcd_url "$member" peer)" ;;
    esac
  done | paste -sd,
}

etcdctl() { "$etcd_bin/etcdctl" --endpoints="$(etcd_list client)" "$@"; }

etcd_answers() { [ "$(etcdctl endpoint health 2>&1 | grep -c 'is healthy')" = "$(echo "$etcd_members" | wc -w)" ]; }

# etcd_member NAME COMMAND...: at its client port, whatever the command says of it.
etcd_member() {
  name=$1
  shift
  start "$run" "etcd-$name" "$@" "--listen-client-urls=$(etcd_url "$name" client)" "--advertise-client-urls=$(etcd_url "$name" client)"
}

start_etcd_members() {
  for member in $etcd_members; do
    eval "etcd_client_$member=$(free_port) etcd_peer_$member=$(free_port)"
  done
  for member in $etcd_members; do
    peer=$(etcd_url "$member" peer)
    etcd_member "$member" "$etcd_bin/etcd" "--name=$member" "--data-dir=$dir/etcd/$member" "--listen-peer-urls=$peer" \
      "--initial-advertise-peer-urls=$peer" "--initial-cluster=$(etcd_list member)"
  done
  await 60 "etcd" etcd_answers || fail "etcd does not come up" "$run/etcd-m1.log"
}

start_etcd() {
  start_etcd_members
  lease=$(etcdctl lease grant 86400 | cut -d' ' -f2)
  etcdctl put --lease="$lease" /leased value >/dev/null
  head -c 300000 /dev/urandom | etcdctl put /binary >/dev/null
  etcd_keys 1 200
  echo "$(etcdctl get '' --prefix --keys-only | grep -c .) keys, one of them of random bytes, one with a lease"
}

# etcd_keys FROM TO: one transaction a hundred keys, which is less than etcd's limit.
etcd_keys() {
  from=$1
  while [ "$from" -le "$2" ]; do
    { echo && seq "$from" $((from + 99)) | sed 's|.*|put /demo/& "value & of '"$(date +%s)"'"|' && echo && echo; } | etcdctl txn >/dev/null
    from=$((from + 100))
  done
}

change_etcd() { etcd_keys 1 100; }

# Everything that etcd says of each key: create and modify revision, version, lease, value.
# Of a revision, since an API server writes all the time.
etcd_fingerprint() { etcdctl get '' --prefix "--rev=$1" -w json | jq -S '.kvs[]'; }

destroy_etcd() {
  etcd_revision=$(clusterbackup ssh show etcd/main@latest --output json 2>"$run/show-etcd.log" | jq -r '.. | .revision? // empty' | head -n 1)
  [ -n "$etcd_revision" ] || fail "the artifact of etcd says no revision" "$run/show-etcd.log"
  etcd_fingerprint "$etcd_revision" >"$dir/etcd.before"
  stop_etcd
  rm -rf "$dir/etcd"
}

stop_etcd() {
  # As a power cut does.
  for member in $etcd_members; do stop "$run" "etcd-$member" KILL; done
}

restore_etcd() {
  set --
  for member in $etcd_members; do set -- "$@" --member "$member=$(etcd_url "$member" peer)"; done
  clusterbackup ssh restore etcd etcd/main@latest --to "$dir/etcd" --tools "$etcd_bin" "$@" >"$run/restore-etcd.log" 2>&1 ||
    fail "etcd does not come back" "$run/restore-etcd.log"
  for member in $etcd_members; do
    # The restore says how each is started.
    command=$(sed -n "s|^  etcd \(--name=$member .*\)|\1|p" "$run/restore-etcd.log")
    # shellcheck disable=SC2086  # a command's words
    etcd_member "$member" "$etcd_bin/etcd" $command
  done
  await 60 "the fresh etcd" etcd_answers || fail "the fresh etcd does not come up" "$run/etcd-m1.log"
  etcd_fingerprint "$etcd_revision" >"$dir/etcd.after"
  same "$dir/etcd.before" "$dir/etcd.after" || fail "etcd is not what it was: diff $dir/etcd.before $dir/etcd.after"
  echo "a fresh cluster of three: $(grep -c '"key"' "$dir/etcd.after") keys, each with its value, revisions, version and lease"
}
