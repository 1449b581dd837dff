#!/bin/sh
# bench.sh [ROUNDS]: ours and what one would run instead, on the same brick, in turn; prints medians, ratios and bytes.
# ROUNDS is 3. The brick: about 1 GB in 18,000 small files and random and tabular big ones (BENCH_DATA changes that: make-data.pl's options).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/local/lib.sh
. "$here/lib.sh"
# shellcheck source=deploy/local/install.sh
. "$here/install.sh"
# shellcheck source=deploy/local/demo-services.sh
. "$here/demo-services.sh"
# shellcheck source=deploy/local/demo-report.sh
. "$here/demo-report.sh"
become_root "$here/bench.sh" "$@"
rounds=${1:-3}
dir=${CLUSTERBACKUP_BENCH_DIR:-/var/tmp/cluster-backup-bench}
run=$dir/run keys=$dir/keys events=$dir/events results=$dir/results
cli=$checkout/cli/target/clusterbackup/bin/clusterbackup
cd "$checkout"

fail() {
  say "bench: $1"
  [ -z "${2:-}" ] || [ ! -e "$2" ] || { say "--- the end of $2" && tail -n 25 "$2" >&2; }
  exit 1
}

finish() {
  status=$?
  trap - EXIT INT TERM
  stop_everything
  hand_back
  exit $status
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

ensure_packages
have restic || apt_install restic
ensure_maven
ensure_versitygw
ensure_kafka
ensure_modules
"$here/build.sh"
[ ! -d "$run" ] || stop_everything
case $dir in /*/*) rm -rf "$dir" ;; *) fail "$dir: not a folder to remove and use" ;; esac
mkdir -p "$run" "$events" "$results" "$dir/staging-folder"
chmod 700 "$dir"

# ---------------------------------------------------------------- what is measured

now() { date +%s%N; }

# timed NAME COMMAND...: adds the command's milliseconds to the results of that name.
timed() {
  what=$1
  shift
  at=$(now)
  "$@" || fail "$what failed" "$run/bench.log"
  note "$what" $((($(now) - at) / 1000000))
}

note() {
  echo "$2" >>"$results/$1"
  say "  $1: $2"
}

median() { sort -n "$results/$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : int((v[NR / 2] + v[NR / 2 + 1]) / 2) }'; }

dump() { on node1 xfsdump -F -J -l 0 -L bench -M bench - /media/brick0 2>>"$run/bench.log" </dev/null; }

to_target() {
  ssh -q -p "$ssh_port" -i "$dir/ssh/client" -o UserKnownHostsFile="$dir/ssh/known_hosts" -o BatchMode=yes -c aes128-gcm@openssh.com \
    "$(id -un)@127.0.0.1" "cat >$dir/cat-target && sync $dir/cat-target"
}

dump_to_null() { dump >/dev/null; }
dump_to_ssh() { dump | to_target; }
dump_zstd_age_to_ssh() { dump | zstd -q -1 -c | age -R "$keys/recipients.txt" | to_target; }

# Where the brick is mounted, with this machine's network.
restic_() {
  gluster agent node1 env RESTIC_PASSWORD=bench "RESTIC_CACHE_DIR=$dir/restic-cache" restic -q -r "sftp:$(id -un)@127.0.0.1:$dir/restic" \
    -o "sftp.command=ssh -q -p $ssh_port -i $dir/ssh/client -o UserKnownHostsFile=$dir/ssh/known_hosts -o BatchMode=yes $(id -un)@127.0.0.1 -s sftp" \
    "$@" >>"$run/bench.log" 2>&1
}

# An empty XFS at /media/scratch.
scratch() {
  on node1 sh -eu -c "umount /media/scratch 2>/dev/null || true; mkfs.xfs -q -f $dir/gluster/node1/bricks/scratch.img; mkdir -p /media/scratch
    mount -o loop,noatime $dir/gluster/node1/bricks/scratch.img /media/scratch"
}

xfsrestore_alone() { on node1 xfsrestore -J - /media/scratch <"$dir/cat-target" >>"$run/bench.log" 2>&1; }

ours_restore() { restore_from_ssh brick/global/0/node1@latest /media/scratch >>"$run/bench.log" 2>&1; }

verify_by_digests() {
  "$cli" verify --read-data -r "$url_ssh" --ssh-identity "$dir/ssh/client" --ssh-known-hosts "$dir/ssh/known_hosts" --allowed-signers "$keys/allowed_signers" >>"$run/bench.log" 2>&1
}

# ours SOURCE NAME: a backup of that source; from the request to `artifact-shipped`, by the broker's and the shipper's records.
ours() {
  requests=$(wc -l <"$events/backup-requested")
  agent=$(cpu agent-node1) shipper=$(cpu shipper-ssh)
  ships=$(wc -l <"$events/artifact-shipped")
  echo "{\"sources\":[\"$1\"]}" | kcat -b "$broker" -P -t backup-requested
  await 30 "the request" has_lines "$events/backup-requested" $((requests + 1)) || fail "the request does not come back"
  await 600 "artifact-shipped" has_lines "$events/artifact-shipped" $((ships + 1)) || fail "nothing shipped" "$run/agent-node1.log"
  requested=$(tail -n 1 "$events/backup-requested" | jq -r .ts)
  note "$2" $(($(tail -n 1 "$events/artifact-shipped" | jq -r .ts) - requested))
  await 10 "artifact-ready" has_ready "$(tail -n 1 "$events/artifact-shipped" | jq -r '.payload | fromjson | .artifact')"
  note "$2.new" "$(payloads artifact-ready 'last | .newBytes')"
  note "$2.ready" $(($(tail -n 1 "$events/artifact-ready" | jq -r .ts) - requested))
  note "$2.cpu-agent" $(($(cpu agent-node1) - agent))
  note "$2.cpu-shipper" $(($(cpu shipper-ssh) - shipper))
}

has_ready() { [ "$(payloads artifact-ready "[.[] | select(.artifact == \$a)] | length" --arg a "$1")" -gt 0 ]; }

# cpu SERVICE: what it has used, in ms; its children's not counted.
cpu() { alive "$run" "$1" && awk -v tick="$(getconf CLK_TCK)" '{ print int(($14 + $15) * 1000 / tick) }' "/proc/$pid/stat"; }

peak() { awk '/^VmHWM/ { print $2 }' "/proc/$1/status"; }

# ---------------------------------------------------------------- the stage

say "two gluster servers, and the data"
start_outside
for node in node1 node2; do
  gluster start $node || fail "no gluster server" "$dir/gluster/$node.log"
  gluster brick $node brick0 6G
done
gluster volume node1 global node1:brick0 node2:brick0 >"$run/volume.log" 2>&1 || fail "no volume" "$run/volume.log"
gluster mount node1 global
# shellcheck disable=SC2086  # a list of words
on node1 "$here/make-data.pl" /mnt/global ${BENCH_DATA:-files=18000 random-mb=300 table-mb=400}
on node1 truncate -s 6G "$dir/gluster/node1/bricks/scratch.img"
"$here/create-topics.sh" "$broker" >/dev/null || fail "no topics" "$run/kafka.log"
follow_events
"$cli" keys generate "$keys" --target ssh >"$run/init.log" 2>&1 || fail "no keys" "$run/init.log"

# A new repository, in a folder: what staging's server costs is not ours to measure.
new_repositories() {
  stop_services
  rm -rf "$dir/staging-folder" "$dir/off-site" "$dir/restic" "$dir/restic-cache"
  url_staging=$dir/staging-folder
  clusterbackup staging init >>"$run/init.log" 2>&1 || fail "no staging repository" "$run/init.log"
  clusterbackup ssh init --role target --name ssh --same-as "$url_staging" >>"$run/init.log" 2>&1 || fail "no target" "$run/init.log"
  service shipper-ssh shipper "$(free_port)" -Xmx160m -Dclusterbackup.target.name=ssh "-Dclusterbackup.target.url=$url_ssh" \
    "-Dclusterbackup.target.ssh-identity=$dir/ssh/client" "-Dclusterbackup.target.ssh-known-hosts=$dir/ssh/known_hosts" \
    "-Dclusterbackup.keys.signing-key=$keys/signing/shipper-ssh"
  for node in node1 node2; do start_agent $node; done
  restic_ init || fail "no restic repository" "$run/bench.log"
}

for round in $(seq "$rounds"); do
  say "round $round"
  new_repositories
  dump_to_null
  timed dump-null dump_to_null
  timed dump-zstd-age-ssh dump_zstd_age_to_ssh
  timed dump-ssh dump_to_ssh
  timed restic-first restic_ backup /media/brick0
  ours brick/global/0/node1 ours-first
  note stream "$(dump | wc -c)"
  note stream-zstd "$(dump | zstd -q -1 -c | wc -c)"
  note ours-kept "$(du -sb "$dir/off-site/packs" | cut -f1)"
  note restic-kept "$(du -sb "$dir/restic/data" | cut -f1)"

  ours brick/global/1/node2 ours-replica
  on node1 "$here/make-data.pl" --change "$round" /mnt/global
  timed dump-null-second dump_to_null
  timed restic-second restic_ backup /media/brick0
  ours brick/global/0/node1 ours-second

  scratch
  timed restic-restore restic_ restore latest --target /media/scratch
  scratch
  timed ours-restore ours_restore
  scratch
  timed xfsrestore xfsrestore_alone
  timed restic-check restic_ check --read-data
  timed ours-verify-digests verify_by_digests
  timed ours-verify-decrypting clusterbackup ssh verify --read-data >>"$run/bench.log" 2>&1
  alive "$run" agent-node1 && note agent-rss-kb "$(peak "$pid")"
  alive "$run" shipper-ssh && note shipper-rss-kb "$(peak "$pid")"
done

# ---------------------------------------------------------------- the table

# line TITLE OURS THEIRS: medians and their ratio.
line() {
  awk -v title="$1" -v ours="$(median "$2")" -v theirs="$(median "$3")" -v name="$3" \
    'BEGIN { printf "| %s | %.2f | %s %.2f | %.2f × |\n", title, ours / 1000, name, theirs / 1000, ours / theirs }'
}
seconds() { awk -v ms="$(median "$1")" 'BEGIN { printf "%.1f", ms / 1000 }'; }
bytes() {
  awk -v title="$1" -v ours="$(median "$2")" -v theirs="$(median "$3")" -v name="$3" \
    'BEGIN { printf "| %s | %.1f MB | %s %.1f MB | %.3f × |\n", title, ours / 1e6, name, theirs / 1e6, ours / theirs }'
}
{
  echo
  echo "medians of $rounds rounds; $(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1); seconds, or bytes"
  echo "| what | ours | instead | ratio |"
  echo "|---|---|---|---|"
  line "first backup, dump to verified off-site" ours-first dump-ssh
  line "the same" ours-first dump-zstd-age-ssh
  line "the same" ours-first restic-first
  line "second, 1 % changed" ours-second dump-null-second
  line "the same" ours-second restic-second
  line "restore from the SSH target into xfsrestore" ours-restore restic-restore
  line "the same, its stream from a local file" ours-restore xfsrestore
  line "verify all over SSH, by stored digests" ours-verify-digests restic-check
  line "verify all over SSH, decrypting" ours-verify-decrypting restic-check
  bytes "kept after the first" ours-kept stream-zstd
  bytes "the same" ours-kept restic-kept
  bytes "added by the second replica" ours-replica.new ours-kept
  bytes "added by 1 % changed" ours-second.new ours-kept
  echo
  echo "CPU-seconds: first backup agent $(seconds ours-first.cpu-agent), shipper $(seconds ours-first.cpu-shipper); second agent $(seconds ours-second.cpu-agent), shipper $(seconds ours-second.cpu-shipper)"
  echo "peak RSS: agent $(($(sort -n "$results/agent-rss-kb" | tail -n 1) / 1024)) MiB, shipper $(($(sort -n "$results/shipper-rss-kb" | tail -n 1) / 1024)) MiB"
} | tee "$dir/table.md"
