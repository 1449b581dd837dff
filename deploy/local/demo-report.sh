# shellcheck shell=sh
# The demo's view of what happens: only from events. To be sourced by ./demo.
# shellcheck disable=SC2154  # the variables of ./demo

# Every event of these topics goes, as one line of JSON, to $events/<topic>.
follow_events() {
  for topic in backup-requested backup-sources artifact-ready artifact-shipped backup-failed backup-progress recovery-point-reached; do
    : >"$events/$topic"
    # shellcheck disable=SC2016  # for the inner shell
    start "$run" "events-$topic" sh -c 'exec kcat -b "$0" -C -t "$1" -o beginning -u -q -J >>"$2"' "$broker" "$topic" "$events/$topic"
  done
}

# payloads TOPIC FILTER [JQ OPTION...]: the filter sees an array of the topic's events, each with the record's time in ms as `.ts`.
payloads() {
  topic=$1 filter=$2
  shift 2
  jq -rs "$@" "[.[] | select(.payload != null) | .ts as \$ts | (.payload | fromjson) + {\$ts}] | $filter" "$events/$topic"
}

announced() { [ "$(jq -rs '[.[] | select(.payload != null) | .key] | unique | length' "$events/backup-sources")" -ge "$1" ]; }

# backup: publishes `{}` and follows the run until both targets have its recovery point; sets $id, the run's, and $requested, in ms.
backup() {
  expected=6
  [ -z "${without_bricks:-}" ] || expected=3
  [ -z "${without_kubernetes:-}" ] || expected=$((expected - 1))
  await 60 "the announcement of $expected sources" announced $expected || fail "the agents do not announce themselves" "$run/agent-node1.log"
  requests=$(wc -l <"$events/backup-requested")
  echo '{}' | kcat -b "$broker" -P -t backup-requested || fail "the request was not taken" "$run/kafka.log"
  await 20 "the request" has_lines "$events/backup-requested" $((requests + 1)) || fail "the request does not come back" "$run/kafka.log"
  requested=$(tail -n 1 "$events/backup-requested" | jq -r .ts)
  id=$(tail -n 1 "$events/backup-requested" | jq -r '"manual-\(.partition)-\(.offset)-\(.ts)"')
  tries=600
  until [ "$(payloads recovery-point-reached "[.[] | select(.run == \$id) | .target] | unique | length" --arg id "$id")" -ge 2 ]; do
    lost=$(payloads backup-failed ".[] | select(.run == \$id and .final) | \"\(.source): \(.message)\"" --arg id "$id")
    [ -z "$lost" ] || fail "$lost"
    tries=$((tries - 1))
    [ $tries -gt 0 ] || fail "run $id has no recovery point at both targets after five minutes" "$run/scheduler.log"
    show_progress
    sleep 0.5
  done
  [ ! -t 1 ] || printf '\r\033[K'
}

has_lines() { [ "$(wc -l <"$1")" -ge "$2" ]; }

# One line, rewritten, on a terminal; elsewhere one now and then.
show_progress() {
  line=$(payloads backup-progress "[.[] | select(.run == \$id)] | group_by([.source, .stage, .target]) | map(last)
    | map(\"\(.source) \(.target // .stage) \" + (if .bytesEstimated > 0 then \"\([100, .bytesDone * 100 / .bytesEstimated] | min | floor) %\" else \"\(.bytesDone / 1e6 | floor) MB\" end))
    | join(\" · \")" --arg id "$id")
  [ -n "$line" ] || return 0
  if [ -t 1 ]; then
    printf '\r\033[K%s' "$(printf %s "$line" | cut -c "1-$(tput cols 2>/dev/null || echo 100)")"
  elif [ "$line" != "${shown:-}" ] && [ $((tries % 6)) -eq 0 ]; then
    echo "$line"
    shown=$line
  fi
}

# report TITLE: of the last run, a line a source.
report() {
  jq -rn --arg id "$id" --arg title "$1" --argjson requested "$requested" --slurpfile ready "$events/artifact-ready" --slurpfile shipped "$events/artifact-shipped" '
    def events: map(select(.payload != null) | .ts as $ts | (.payload | fromjson) + {$ts} | select(.run == $id));
    def left($width): . + " " * ([$width - length, 0] | max);
    def right($width): " " * ([$width - length, 0] | max) + .;
    def mb: . / 1e6 | if . < 0.01 then "0.00" else tostring | capture("(?<i>[0-9]+)([.](?<f>[0-9]*))?") | .i + "." + ((.f // "") + "00")[:2] end;
    def seconds: (. / 100 | round) / 10 | tostring;
    ($ready | events) as $ready | ($shipped | events) as $shipped |
    "",
    ($title | left(24)) + ("MB read" | right(10)) + ("MB stored" | right(11)) + "   ssh: MB sent, verified, s           s3: MB sent, verified, s",
    ($ready | group_by(.source)[] | last | . as $r |
      (.source | left(24)) + (.streamBytes | mb | right(10)) + (.newBytes | mb | right(11)) +
      (["ssh", "s3"] | map(. as $target | [$shipped[] | select(.source == $r.source and .target == $target)] | last
        | if . == null then "   " + ("not there" | left(34))
          else "   " + (.bytesCopied | mb | right(9)) + "  " + (.proof | left(15)) + (.ts - $requested | seconds | right(5)) + "   " end) | join(""))),
    (("in all" | left(24)) + ($ready | map(.streamBytes) | add // 0 | mb | right(10)) + ($ready | map(.newBytes) | add // 0 | mb | right(11)) +
      (["ssh", "s3"] | map(. as $target | [$shipped[] | select(.target == $target)]
        | "   " + (map(.bytesCopied) | add // 0 | mb | right(9)) + "  " + ("" | left(15)) + (((map(.ts) | max) // $requested) - $requested | seconds | right(5)) + "   ") | join("")))
  ' | tee -a "$dir/table.txt"
  [ -z "${without_bricks:-}" ] || echo "(NO BRICKS: this machine refuses loop mounts)" | tee -a "$dir/table.txt"
  [ -z "${without_kubernetes:-}" ] || echo "(NO KUBERNETES: its API server could neither be found nor built here)" | tee -a "$dir/table.txt"
}

summary() {
  cat <<END
The table is in $dir/table.txt. What was made can be looked at, also when everything is stopped:
  export CLUSTERBACKUP_KEYS=$keys
  $cli list -r $dir/off-site
  $cli verify -r $dir/off-site --read-data
  $cli verify -r $dir/s3/data/cluster-backup --read-data
END
}
