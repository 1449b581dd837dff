# shellcheck shell=sh
# What the demo and the benches start and stop. To be sourced by them.
# shellcheck disable=SC2154,SC2034  # variables of those, set there or used there

export ROOT_ACCESS_KEY=demoaccess ROOT_SECRET_KEY=demosecret12345
gluster() {
  verb=$1
  shift
  "$here/gluster.sh" "$verb" "$dir/gluster" "$@"
}
# on NODE COMMAND...
on() { gluster exec "$@"; }

can_mount_loop() {
  mkdir -p "$dir/try"
  truncate -s 320M "$dir/try.img"
  mkfs.xfs -q "$dir/try.img" 2>/dev/null && unshare --mount mount -o loop "$dir/try.img" "$dir/try" 2>"$run/loop.log"
  status=$?
  rm -rf "$dir/try.img" "$dir/try"
  return $status
}

# ---------------------------------------------------------------- outside of the cluster, and the broker and staging

start_outside() {
  ssh_port=$(free_port)
  start "$run" sshd "$here/start-sshd.sh" "$dir/ssh" "$ssh_port"
  target_port=$(free_port)
  mkdir -p "$dir/s3/data/cluster-backup"
  start "$run" s3 "$here/start-versitygw.sh" "$dir/s3" "$target_port"
  start_inside
  await 20 "sshd" is_listening "$ssh_port" || fail "no SSH server" "$run/sshd.log"
  await 20 "the target's S3 server" is_listening "$target_port" || fail "no S3 server" "$run/s3.log"

  mkdir -p "$dir/off-site"
  url_staging=s3:http://127.0.0.1:$staging_port/staging
  url_ssh=sftp://$(id -un)@127.0.0.1:$ssh_port$dir/off-site
  url_s3=s3:http://127.0.0.1:$target_port/cluster-backup
}

start_inside() {
  : "${broker_port:=$(free_port)}" "${staging_port:=$(free_port)}"
  broker=127.0.0.1:$broker_port
  start "$run" kafka "$here/start-kafka.sh" "$dir/kafka" "$broker_port"
  mkdir -p "$dir/staging/data/staging"
  start "$run" staging "$here/start-versitygw.sh" "$dir/staging" "$staging_port"
  await 20 "staging's S3 server" is_listening "$staging_port" || fail "no S3 server" "$run/staging.log"
  await 60 "the broker" kcat -b "$broker" -L -m 2 || fail "no broker" "$run/kafka.log"
}

# clusterbackup staging|ssh|s3 ARGUMENT...: the command line on that copy of the repository, as its operator.
clusterbackup() {
  eval "url=\$url_$1"
  shift
  AWS_ACCESS_KEY_ID=$ROOT_ACCESS_KEY AWS_SECRET_ACCESS_KEY=$ROOT_SECRET_KEY CLUSTERBACKUP_KEYS=$keys \
    CLUSTERBACKUP_REPOSITORY=$url "$cli" "$@" --ssh-identity "$dir/ssh/client" --ssh-known-hosts "$dir/ssh/known_hosts"
}

make_repositories() {
  log=$run/init.log
  "$cli" keys generate "$keys" --target ssh --target s3 >"$log" 2>&1 || fail "no keys" "$log"
  clusterbackup staging init >>"$log" 2>&1 || fail "no staging repository" "$log"
  for target in ssh s3; do
    clusterbackup $target init --role target --name $target --same-as "$url_staging" >>"$log" 2>&1 || fail "no repository at target $target" "$log"
  done
}

# ---------------------------------------------------------------- the cluster

make_volume() {
  for node in node1 node2; do
    gluster start $node || fail "no gluster server" "$dir/gluster/$node.log"
    gluster brick $node brick0 2G
  done
  gluster volume node1 global "node1:brick0" "node2:brick0" >"$run/volume.log" 2>&1 || fail "no volume" "$run/volume.log"
  gluster mount node1 global
  on node1 "$here/make-data.pl" /mnt/global files=1200 random-mb=96 table-mb=128
  echo "$(on node1 du -sh /mnt/global | cut -f1) in $(on node1 find /mnt/global | wc -l) files"
}

# Where there are no bricks: files, which the agent takes as its host's state.
make_tree() {
  "$here/make-data.pl" "$dir/tree" files=1200 random-mb=96 table-mb=128
  echo "$(du -sh "$dir/tree" | cut -f1) in $(find "$dir/tree" | wc -l) files"
}

change() {
  changes=$((${changes:-0} + 1))
  if [ -z "${without_bricks:-}" ]; then
    on node1 "$here/make-data.pl" --change $changes /mnt/global
  else
    "$here/make-data.pl" --change $changes "$dir/tree"
  fi
}

# ---------------------------------------------------------------- services

# service NAME MODULE PORT [OPTION...]: in the background; what comes before `java` on its command line is in $beside.
# Its Java options are those of docs/configuration.md ("Every service").
service() {
  name=$1 jar=$checkout/$2/target/quarkus-app/quarkus-run.jar port=$3
  scraped="${scraped:-} $2=127.0.0.1:$port"
  shift 3
  # shellcheck disable=SC2086  # a command's words
  MALLOC_ARENA_MAX=2 AWS_ACCESS_KEY_ID=$ROOT_ACCESS_KEY AWS_SECRET_ACCESS_KEY=$ROOT_SECRET_KEY \
    start "$run" "$name" ${beside:-} "$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:PretenureSizeThreshold=1m -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED \
    -Dquarkus.http.host=127.0.0.1 "-Dquarkus.http.port=$port" -Dquarkus.log.console.json.enabled=false \
    "-Dkafka.bootstrap.servers=$broker" "-Dclusterbackup.staging.url=$url_staging" "-Dclusterbackup.keys.allowed-signers=$keys/allowed_signers" \
    "$@" -jar "$jar"
  await 60 "$name" curl -fsS "http://127.0.0.1:$port/q/health/ready" || fail "$name does not come up" "$run/$name.log"
}

start_services() {
  : "${page_port:=$(free_port)}"
  page=http://127.0.0.1:$page_port/ scraped=
  printf 'targets:\n  - name: ssh\n  - name: s3\n' >"$dir/targets.yaml"
  cat >"$dir/policies.yaml" <<END
policies:
  - name: yearly
    cron: "0 3 1 1 *"
    catchUp: false
    required: [{source: provisioner/saved, maxAge: 30d}]
END
  service scheduler scheduler "$page_port" -Xmx160m "-Dclusterbackup.targets-file=$dir/targets.yaml" "-Dclusterbackup.policies-file=$dir/policies.yaml" \
    -Dclusterbackup.runs.settle=PT3S
  for target in ssh s3; do start_shipper $target -Dclusterbackup.shipping.reconcile-every=PT5S; done
  for node in node1 node2; do
    if [ -z "${without_bricks:-}" ] || [ $node = node1 ]; then start_agent $node; fi
  done
  start_etcd_agent
  [ -n "${without_kubernetes:-}" ] || start_kubernetes_agent
}

# Debian's, with the rules of deploy/components/monitoring, on what start_services started.
start_prometheus() {
  : "${prometheus_port:=$(free_port)}"
  prometheus_page=http://127.0.0.1:$prometheus_port/
  # shellcheck disable=SC2086  # a list of words
  start "$run" prometheus "$here/start-prometheus.sh" "$dir/prometheus" "$prometheus_port" $scraped
  await 30 "Prometheus" curl -fsS "${prometheus_page}-/ready" || fail "no Prometheus" "$run/prometheus.log"
}

# start_shipper TARGET [OPTION...]
start_shipper() {
  target=$1
  shift
  eval "url=\$url_$target"
  service "shipper-$target" shipper "$(free_port)" -Xmx160m "-Dclusterbackup.target.name=$target" "-Dclusterbackup.target.url=$url" \
    "-Dclusterbackup.target.ssh-identity=$dir/ssh/client" "-Dclusterbackup.target.ssh-known-hosts=$dir/ssh/known_hosts" \
    "-Dclusterbackup.keys.signing-key=$keys/signing/shipper-$target" "$@"
}

start_etcd_agent() {
  service agent-etcd etcd-agent "$(free_port)" -Xmx208m -Dclusterbackup.etcd.name=main "-Dclusterbackup.etcd.endpoints=$(etcd_list client)" \
    "-Dclusterbackup.keys.signing-key=$keys/signing/etcd-agent" "-Dclusterbackup.keys.recipients=$keys/recipients.txt" \
    "-Dclusterbackup.keys.chunking-key=$keys/chunking-key" "-Dclusterbackup.scratch=$dir/scratch-etcd"
}

start_kubernetes_agent() {
  service agent-kubernetes k8s-dumper "$(free_port)" -Xmx208m -Dclusterbackup.kubernetes.name=main \
    "-Dclusterbackup.kubernetes.kubeconfig=$dir/kubernetes/reader.kubeconfig" "-Dclusterbackup.keys.signing-key=$keys/signing/k8s-dumper" \
    "-Dclusterbackup.keys.recipients=$keys/recipients.txt" "-Dclusterbackup.keys.chunking-key=$keys/chunking-key" "-Dclusterbackup.scratch=$dir/scratch-kubernetes"
}

start_agent() {
  [ -n "${without_bricks:-}" ] || beside="$here/gluster.sh agent $dir/gluster $1"
  service "agent-$1" brick-agent "$(free_port)" -Xmx256m "-Dclusterbackup.node=$1" \
    "-Dclusterbackup.keys.signing-key=$keys/signing/brick-agent" "-Dclusterbackup.keys.recipients=$keys/recipients.txt" \
    "-Dclusterbackup.keys.chunking-key=$keys/chunking-key" "-Dclusterbackup.scratch=$dir/scratch-$1" -Dclusterbackup.announce.look=PT5S \
    ${without_bricks:+"-Dclusterbackup.gluster.state=$dir/no-gluster" "-Dclusterbackup.host-state.paths=$dir/tree"}
  beside=
}

stop_services() {
  for name in prometheus agent-kubernetes agent-etcd agent-node1 agent-node2 shipper-ssh shipper-s3 scheduler; do stop "$run" $name; done
}

stop_everything() {
  stop_services
  stop_kubernetes
  stop_etcd
  for file in "$run"/events-*.pid; do
    [ ! -e "$file" ] || { name=${file##*/} && stop "$run" "${name%.pid}"; }
  done
  for name in kafka staging s3 sshd; do stop "$run" $name; done
  [ ! -d "$dir/gluster" ] || gluster stop || true
}

# ---------------------------------------------------------------- the disaster

destroy_cluster() {
  [ -n "${without_kubernetes:-}" ] || destroy_kubernetes
  destroy_etcd
  destroy_saved
}

destroy_brick() {
  on node1 "$here/fingerprint.sh" /mnt/global >"$dir/volume.before"
  on node1 umount /mnt/global
  on node1 gluster --mode=script volume stop global >"$run/volume.log" 2>&1 || fail "the volume does not stop" "$run/volume.log"
  on node1 "$here/fingerprint.sh" /media/brick0/brick >"$dir/brick.before"
  stop_services
  stop "$run" staging
  stop "$run" kafka
  on node1 sh -eu -c "umount /media/brick0; dd if=/dev/urandom of=$dir/gluster/node1/bricks/brick0.img bs=1M count=512 conv=notrunc status=none"
}

# restore_from_ssh ARTIFACT MOUNTPOINT: on node1, which has nothing but the target's URL and the keys.
restore_from_ssh() {
  CLUSTERBACKUP_KEYS=$keys gluster agent node1 "$cli" restore brick -r "$url_ssh" --ssh-identity "$dir/ssh/client" --ssh-known-hosts "$dir/ssh/known_hosts" "$1" --to "$2"
}

restore_brick() {
  # As an operator does it: an empty file system at the brick's place, then the artifact into it.
  image=$dir/gluster/node1/bricks/brick0.img
  on node1 sh -eu -c "mkfs.xfs -q -f $image; mount -o loop,noatime $image /media/brick0"
  at=$(date +%s)
  status=0
  restore_from_ssh "brick/global/0/node1@latest" /media/brick0 >"$run/restore.log" 2>&1 || status=$?
  # 3 is a restore that is whole, with remarks: files that came or went while the brick was dumped.
  [ $status -eq 0 ] || [ $status -eq 3 ] || fail "the brick does not come back: exit $status" "$run/restore.log"
  restored=$(($(date +%s) - at))
  on node1 "$here/fingerprint.sh" /media/brick0/brick >"$dir/brick.after"
  same "$dir/brick.before" "$dir/brick.after" || fail "the brick that came back is not the one that was: diff $dir/brick.before $dir/brick.after"
  echo "restored in $restored s; every name, content, owner, mode, time and xattr of the brick is as it was"
}

compare_volume() {
  on node1 gluster --mode=script volume start global >"$run/volume.log" 2>&1 || fail "the volume does not start" "$run/volume.log"
  gluster mount node1 global
  on node1 "$here/fingerprint.sh" /mnt/global >"$dir/volume.after"
  same "$dir/volume.before" "$dir/volume.after" || fail "the volume is not what it was: diff $dir/volume.before $dir/volume.after"
  on node1 gluster volume heal global info | grep -E '^(Brick|Number)'
  echo "through the mount: every file as it was"
}

# ---------------------------------------------------------------- the disaster, where there are no bricks

destroy_tree() {
  "$here/fingerprint.sh" "$dir/tree" >"$dir/tree.before"
  stop_services
  stop "$run" staging
  stop "$run" kafka
  rm -rf "$dir/tree"
}

restore_tree() {
  mkdir "$dir/restored"
  status=0
  clusterbackup ssh restore host-state host/node1@latest --devices --to "$dir/restored" >"$run/restore.log" 2>&1 || status=$?
  [ $status -eq 0 ] || [ $status -eq 3 ] || fail "the tree does not come back: exit $status" "$run/restore.log"
  mv "$dir/restored$dir/tree" "$dir/tree"
  "$here/fingerprint.sh" "$dir/tree" >"$dir/tree.after"
  same "$dir/tree.before" "$dir/tree.after" || fail "the tree is not what it was: diff $dir/tree.before $dir/tree.after"
  echo "every name, content, owner, mode, time and xattr is as it was"
}

same() { cmp -s "$1" "$2"; }
