# shellcheck shell=sh
# The demo's provisioner: files outside the cluster, which no agent reads; a person or a play stores them. To be sourced by ./demo.
# shellcheck disable=SC2154  # variables of ./demo, set there

make_saved() {
  mkdir -p "$dir/saved/inventory" "$dir/saved/keys"
  printf 'node1\nnode2\n' >"$dir/saved/inventory/hosts"
  head -c 3000 /dev/urandom >"$dir/saved/keys/host.key"
  chmod 600 "$dir/saved/keys/host.key"
  ln "$dir/saved/inventory/hosts" "$dir/saved/hosts"
  ln -s inventory/hosts "$dir/saved/latest"
  truncate -s 100M "$dir/saved/image"
  setfacl -m u:65534:r "$dir/saved/inventory/hosts"
}

change_saved() { echo node3 >>"$dir/saved/inventory/hosts"; }

# Into staging: the shippers find it there by themselves.
store_saved() {
  clusterbackup staging store --source provisioner/saved "$dir/saved" >"$run/store.log" 2>&1 || fail "the provisioner's files are not stored" "$run/store.log"
  tail -n 1 "$run/store.log"
}

destroy_saved() {
  "$here/fingerprint.sh" "$dir/saved" >"$dir/saved.before"
  rm -rf "$dir/saved"
}

restore_saved() {
  clusterbackup ssh restore tree provisioner/saved@latest --to "$dir/restored-saved" >"$run/restore-saved.log" 2>&1 ||
    fail "the provisioner's files do not come back" "$run/restore-saved.log"
  mv "$dir/restored-saved$dir/saved" "$dir/saved"
  "$here/fingerprint.sh" "$dir/saved" >"$dir/saved.after"
  same "$dir/saved.before" "$dir/saved.after" || fail "the provisioner's files are not what they were: diff $dir/saved.before $dir/saved.after"
  echo "every name, content, owner, mode, time, ACL, link and hole is as it was"
}
