#!/bin/sh
# bench-etcd.sh [ROUNDS]: a backup of an etcd of about 500 MB to an SSH target, and `etcdctl snapshot save` into a file from the same member, in turn;
# then the same after 1 % of the keys, scattered, got new values, and after the old ones were compacted away. Prints medians, ratios and bytes. ROUNDS is 3.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/local/bench-lib.sh
. "$here/bench-lib.sh"
become_root "$here/bench-etcd.sh" "$@"
rounds=${1:-3}
ensure_etcd
clear_stage etcd

etcd_members=m1
total=60000

# put SEED STEP: every STEP-th key gets a value of 0.5 to 15.5 kB, 8 on average; a line of base64 keeps three quarters of its length when it is compressed.
put() {
  # shellcheck disable=SC2016  # perl's
  perl -MMIME::Base64 -e 'my ($seed, $step, $total) = @ARGV; srand $seed;
    for (my $key = $seed % $step; $key < $total; $key += $step) {
      my $bytes = pack "L*", map { int rand 4294967296 } 1 .. (($key * 7919 % 16) * 1000 + 500) * 3 / 16;
      printf "put /registry/things/%06d %s\n", $key, encode_base64 $bytes, "";
    }' "$1" "$2" $total >"$dir/puts"
  # A transaction has at most 128 operations and 1.5 MB.
  split -l 64 "$dir/puts" "$dir/puts."
  rm "$dir/puts"
  for part in "$dir"/puts.*; do
    { echo && cat "$part" && echo && echo; } | etcdctl txn >/dev/null || fail "etcd takes no more keys" "$run/etcd-m1.log"
    rm "$part"
  done
}

# What a Kubernetes API server does every five minutes: old values go, and leave holes all over the file.
compact() {
  etcdctl compact --physical "$(etcdctl endpoint status -w json | jq '.[0].Status.header.revision')" >/dev/null || fail "etcd does not compact"
}

save() {
  rm -f "$dir/saved"
  etcdctl snapshot save "$dir/saved" >>"$run/bench.log" 2>&1
}

# at_target: bytes of all that is there.
at_target() { du -sb "$dir/off-site" | cut -f1; }

say "an etcd, and its keys"
start_stage
start_etcd_members
put 0 1

for round in $(seq "$rounds"); do
  say "round $round"
  new_repositories
  start_etcd_agent
  save
  timed etcdctl save
  note database "$(stat -c %s "$dir/saved")"
  ours etcd/main ours-first agent-etcd
  kept=$(at_target)
  note ours-kept "$kept"
  put "$round" 100
  timed etcdctl-second save
  ours etcd/main ours-second agent-etcd
  note ours-added $(($(at_target) - kept))
  kept=$(at_target)
  compact
  ours etcd/main ours-compacted agent-etcd
  note compacted-added $(($(at_target) - kept))
  note_peaks agent-etcd
done

{
  echo
  machine
  echo "| what | ours | instead | ratio |"
  echo "|---|---|---|---|"
  line "first backup, request to verified off-site" ours-first etcdctl
  line "second, 1 % of the keys changed" ours-second etcdctl-second
  line "the same, until it is in staging" ours-second.ready etcdctl-second
  bytes "kept after the first" ours-kept database
  bytes "added by 1 % changed" ours-added database
  bytes "added by the compaction of these" compacted-added database
  echo
  cpu_and_memory
} | tee "$dir/table.md"
