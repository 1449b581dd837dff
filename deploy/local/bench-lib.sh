# shellcheck shell=sh
# What the benches share: one stage a bench, results by name, a backup by way of events, lines of a table. To be sourced, with `here` naming this folder.
# shellcheck disable=SC2154,SC2034  # variables of the demo's parts, and of who sources this

# shellcheck source=deploy/local/lib.sh
. "$here/lib.sh"
# shellcheck source=deploy/local/install.sh
. "$here/install.sh"
# shellcheck source=deploy/local/demo-services.sh
. "$here/demo-services.sh"
# shellcheck source=deploy/local/demo-etcd.sh
. "$here/demo-etcd.sh"
# shellcheck source=deploy/local/demo-kubernetes.sh
. "$here/demo-kubernetes.sh"
# shellcheck source=deploy/local/demo-report.sh
. "$here/demo-report.sh"

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

# clear_stage NAME: builds what is measured, and makes an empty folder for that bench.
clear_stage() {
  dir=${CLUSTERBACKUP_BENCH_DIR:-/var/tmp/cluster-backup-bench}/$1
  run=$dir/run keys=$dir/keys events=$dir/events results=$dir/results
  cli=$checkout/cli/target/clusterbackup/bin/clusterbackup
  cd "$checkout"
  ensure_packages
  ensure_maven
  ensure_versitygw
  ensure_kafka
  "$here/build.sh"
  [ ! -d "$run" ] || stop_everything
  case $dir in /*/*) rm -rf "$dir" ;; *) fail "$dir: not a folder to remove and use" ;; esac
  mkdir -p "$run" "$events" "$results" "$dir/staging-folder"
  chmod 700 "$dir"
  trap finish EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

# The outside, the broker with its topics, and keys.
start_stage() {
  start_outside
  "$here/create-topics.sh" "$broker" >/dev/null || fail "no topics" "$run/kafka.log"
  follow_events
  "$cli" keys generate "$keys" --target ssh >"$run/init.log" 2>&1 || fail "no keys" "$run/init.log"
}

# A new repository, in a folder: what staging's server costs is not ours to measure. Its shipper is started, agents are not.
new_repositories() {
  stop_services
  rm -rf "$dir/staging-folder" "$dir/off-site"
  url_staging=$dir/staging-folder
  clusterbackup staging init >>"$run/init.log" 2>&1 || fail "no staging repository" "$run/init.log"
  clusterbackup ssh init --role target --name ssh --same-as "$url_staging" >>"$run/init.log" 2>&1 || fail "no target" "$run/init.log"
  start_shipper ssh
}

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

# ours SOURCE NAME AGENT: a backup of that source by that service; from the request to `artifact-shipped`, by the broker's and the shipper's records.
ours() {
  requests=$(wc -l <"$events/backup-requested")
  agent=$(cpu "$3") shipper=$(cpu shipper-ssh)
  ships=$(wc -l <"$events/artifact-shipped")
  echo "{\"sources\":[\"$1\"]}" | kcat -b "$broker" -P -t backup-requested
  await 30 "the request" has_lines "$events/backup-requested" $((requests + 1)) || fail "the request does not come back"
  await 600 "artifact-shipped" has_lines "$events/artifact-shipped" $((ships + 1)) || fail "nothing shipped" "$run/$3.log"
  requested=$(tail -n 1 "$events/backup-requested" | jq -r .ts)
  note "$2" $(($(tail -n 1 "$events/artifact-shipped" | jq -r .ts) - requested))
  await 10 "artifact-ready" has_ready "$(tail -n 1 "$events/artifact-shipped" | jq -r '.payload | fromjson | .artifact')"
  note "$2.new" "$(payloads artifact-ready 'last | .newBytes')"
  note "$2.ready" $(($(tail -n 1 "$events/artifact-ready" | jq -r .ts) - requested))
  note "$2.cpu-agent" $(($(cpu "$3") - agent))
  note "$2.cpu-shipper" $(($(cpu shipper-ssh) - shipper))
}

has_ready() { [ "$(payloads artifact-ready "[.[] | select(.artifact == \$a)] | length" --arg a "$1")" -gt 0 ]; }

# cpu SERVICE: what it has used, in ms; its children's not counted.
cpu() { alive "$run" "$1" && awk -v tick="$(getconf CLK_TCK)" '{ print int(($14 + $15) * 1000 / tick) }' "/proc/$pid/stat"; }

peak() { awk '/^VmHWM/ { print $2 }' "/proc/$1/status"; }

# note_peaks AGENT: the most memory that the agent and the shipper had since they were started.
note_peaks() {
  alive "$run" "$1" && note agent-rss-kb "$(peak "$pid")"
  alive "$run" shipper-ssh && note shipper-rss-kb "$(peak "$pid")"
}

# ---------------------------------------------------------------- the table

machine() { echo "medians of $rounds rounds; $(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1); seconds, or bytes"; }

# line TITLE OURS THEIRS: medians and their ratio.
line() {
  awk -v title="$1" -v ours="$(median "$2")" -v theirs="$(median "$3")" -v name="$3" \
    'BEGIN { printf "| %s | %.2f | %s %.2f | %.2f × |\n", title, ours / 1000, name, theirs / 1000, ours / theirs }'
}
seconds() { awk -v ms="$(median "$1")" 'BEGIN { printf "%.1f", ms / 1000 }'; }
# bytes TITLE OURS THEIRS
bytes() {
  awk -v title="$1" -v ours="$(median "$2")" -v theirs="$(median "$3")" -v name="$3" \
    'BEGIN { printf "| %s | %.1f MB | %s %.1f MB | %.3f × |\n", title, ours / 1e6, name, theirs / 1e6, ours / theirs }'
}

cpu_and_memory() {
  echo "CPU-seconds: first backup agent $(seconds ours-first.cpu-agent), shipper $(seconds ours-first.cpu-shipper); second agent $(seconds ours-second.cpu-agent), shipper $(seconds ours-second.cpu-shipper)"
  echo "peak RSS: agent $(($(sort -n "$results/agent-rss-kb" | tail -n 1) / 1024)) MiB, shipper $(($(sort -n "$results/shipper-rss-kb" | tail -n 1) / 1024)) MiB"
}
