#!/bin/sh
# bench.sh [ROUNDS]: ours and what one would run instead, on the same brick, in turn; prints medians, ratios and bytes.
# ROUNDS is 3. The brick: about 1 GB in 18,000 small files and random and tabular big ones (BENCH_DATA changes that: make-data.pl's options).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/local/bench-lib.sh
. "$here/bench-lib.sh"
become_root "$here/bench.sh" "$@"
rounds=${1:-3}
have restic || apt_install restic
ensure_modules
clear_stage bricks

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

# What ours has restored is on the disk when it returns; so must be what the others have.
synced() { "$@" && on node1 sync -f /media/scratch; }

xfsrestore_alone() { on node1 xfsrestore -J - /media/scratch <"$dir/cat-target" >>"$run/bench.log" 2>&1; }

ours_restore() { restore_from_ssh brick/global/0/node1@latest /media/scratch >>"$run/bench.log" 2>&1; }

verify_by_digests() {
  "$cli" verify --read-data -r "$url_ssh" --ssh-identity "$dir/ssh/client" --ssh-known-hosts "$dir/ssh/known_hosts" --allowed-signers "$keys/allowed_signers" >>"$run/bench.log" 2>&1
}

# ---------------------------------------------------------------- the stage

say "two gluster servers, and the data"
start_stage
for node in node1 node2; do
  gluster start $node || fail "no gluster server" "$dir/gluster/$node.log"
  gluster brick $node brick0 6G
done
gluster volume node1 global node1:brick0 node2:brick0 >"$run/volume.log" 2>&1 || fail "no volume" "$run/volume.log"
gluster mount node1 global
# shellcheck disable=SC2086  # a list of words
on node1 "$here/make-data.pl" /mnt/global ${BENCH_DATA:-files=18000 random-mb=300 table-mb=400}
on node1 truncate -s 6G "$dir/gluster/node1/bricks/scratch.img"

restic_repository() {
  rm -rf "$dir/restic" "$dir/restic-cache"
  restic_ init || fail "no restic repository" "$run/bench.log"
}

for round in $(seq "$rounds"); do
  say "round $round"
  new_repositories
  for node in node1 node2; do start_agent $node; done
  restic_repository
  dump_to_null
  timed dump-null dump_to_null
  timed dump-zstd-age-ssh dump_zstd_age_to_ssh
  timed dump-ssh dump_to_ssh
  timed restic-first restic_ backup /media/brick0
  ours brick/global/0/node1 ours-first agent-node1
  note stream "$(dump | wc -c)"
  note stream-zstd "$(dump | zstd -q -1 -c | wc -c)"
  note ours-kept "$(du -sb "$dir/off-site/packs" | cut -f1)"
  note restic-kept "$(du -sb "$dir/restic/data" | cut -f1)"

  ours brick/global/1/node2 ours-replica agent-node2
  on node1 "$here/make-data.pl" --change "$round" /mnt/global
  timed dump-null-second dump_to_null
  timed restic-second restic_ backup /media/brick0
  ours brick/global/0/node1 ours-second agent-node1

  scratch
  timed restic-restore synced restic_ restore latest --target /media/scratch
  scratch
  timed ours-restore ours_restore
  scratch
  timed xfsrestore synced xfsrestore_alone
  timed restic-check restic_ check --read-data
  timed ours-verify-digests verify_by_digests
  timed ours-verify-decrypting clusterbackup ssh verify --read-data >>"$run/bench.log" 2>&1
  note_peaks agent-node1
done

{
  echo
  machine
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
  cpu_and_memory
} | tee "$dir/table.md"
