#!/bin/sh
# keys.sh: what can be made of secrets/ beside this script: the broker's authority for twenty years and its users' passwords, the credential of the S3
# server for staging, the API's token. Keys and what belongs to targets and etcd are yours to bring. What is there already stays.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets/kafka/passwords secrets/staging secrets/api
# random BYTES FILE
random() { [ -s "$2" ] || head -c "$1" /dev/urandom | od -An -tx1 | tr -d ' \n' >"$2"; }
for user in brick-agent etcd-agent k8s-dumper scheduler shipper operator; do random 20 "secrets/kafka/passwords/$user"; done
random 10 secrets/staging/access-key
random 20 secrets/staging/secret-key
random 20 secrets/api/token
[ -s secrets/kafka/ca.crt ] || openssl req -x509 -newkey rsa:3072 -nodes -days 7300 -subj /O=cluster-backup/CN=events -keyout secrets/kafka/ca.pem \
  -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign -out secrets/kafka/ca.crt 2>/dev/null
# The operator takes PKCS #8, which this is.
[ -s secrets/kafka/ca.key ] || mv secrets/kafka/ca.pem secrets/kafka/ca.key
