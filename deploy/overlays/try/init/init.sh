#!/bin/sh
# Makes staging and the targets where they are not there yet.
set -eu
options="--allowed-signers /keys/allowed_signers --s3-access-key-id-file /staging/access-key --s3-key-file /staging/secret-key --retry-for 120"
options="$options --ssh-identity /cellar/identity --ssh-known-hosts /cellar/known_hosts"
staging=$CLUSTERBACKUP_STAGING_URL vault=s3:http://s3-vault.cluster-backup.svc:7070/vault
cellar=sftp://backup@ssh-cellar.cluster-backup.svc:2222/data/cellar
export AWS_REGION="$CLUSTERBACKUP_STAGING_S3_REGION"

# is_there URL: 10 says that there is no repository; any other failure ends this, and the Job tries again.
is_there() {
  status=0
  # shellcheck disable=SC2086  # a list of words
  clusterbackup list -r "$1" $options >/dev/null || status=$?
  [ $status -eq 0 ] || [ $status -eq 10 ] || exit $status
  return $status
}

# shellcheck disable=SC2086
is_there "$staging" || clusterbackup init -r "$staging" $options --signing-key /keys/signing-key --recipients /keys/recipients.txt
# shellcheck disable=SC2086
is_there "$vault" || clusterbackup init -r "$vault" --name vault --same-as "$staging" $options --signing-key /keys/signing-key
# shellcheck disable=SC2086
is_there "$cellar" || clusterbackup init -r "$cellar" --name cellar --same-as "$staging" $options --signing-key /keys/signing-key
