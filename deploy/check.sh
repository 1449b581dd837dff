#!/bin/sh
# check.sh OVERLAY...: what is wrong with an overlay, before anything is applied: a line for each mistake, and 1 if there is one. It needs kubectl, jq and
# ssh-keygen, and no cluster. What a service refuses at its start is not repeated here, except where nothing would start at all.
set -u
here=$(cd "$(dirname "$0")" && pwd)
[ $# -gt 0 ] || {
  echo "usage: check.sh OVERLAY..., such as deploy/overlays/try" >&2
  exit 2
}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
umask 077
mistakes=0

mistake() {
  echo "$overlay: $1"
  mistakes=$((mistakes + 1))
}

# Every CLUSTERBACKUP_* that a service knows: as docs/configuration.md has them.
known_settings() {
  # shellcheck disable=SC2016  # of Markdown
  grep -o '`clusterbackup\.[a-z0-9.-]*`' "$here/../docs/configuration.md" | tr -d '`' | tr 'a-z.-' 'A-Z__' | sort -u | jq -R . | jq -s .
}

# Kustomize says it with the whole chain of files; an operator needs the last one.
rendered() {
  KUBECONFIG=/dev/null kubectl kustomize "$overlay" >"$scratch/objects.yaml" 2>"$scratch/errors" || {
    file=$(sed -n 's/.*\(secrets\/[^ :'"'"'"]*\).*/\1/p' "$scratch/errors" | head -n 1)
    if [ -n "$file" ] && [ ! -e "$overlay/$file" ]; then
      mistake "$file is missing: docs/operations/install.md says what it is"
    else
      mistake "kustomize: $(tail -n 1 "$scratch/errors")"
    fi
    return 1
  }
  # Nothing is changed by it: it is how kubectl makes JSON without a cluster.
  KUBECONFIG=/dev/null kubectl label --local -f "$scratch/objects.yaml" cluster-backup-check=local -o json >"$scratch/objects.json" 2>"$scratch/errors" || {
    mistake "kubectl: $(tail -n 1 "$scratch/errors")"
    return 1
  }
}

# Each signing key is one that the allowed_signers beside it know.
signing_keys() {
  jq -r 'select(.kind == "Secret" and .data["signing-key"]) | [.metadata.namespace, .metadata.name, .data["signing-key"], .data.allowed_signers // ""] | map(gsub("\\s"; "")) | @tsv' \
    "$scratch/objects.json" >"$scratch/signing"
  while read -r namespace name key signers; do
    echo "$key" | base64 -d >"$scratch/key" 2>/dev/null
    public=$(ssh-keygen -y -P '' -f "$scratch/key" 2>/dev/null </dev/null | cut -d' ' -f2)
    if [ -z "$public" ]; then
      mistake "Secret $namespace/$name, key signing-key: not an SSH private key without a passphrase"
    elif ! echo "$signers" | base64 -d 2>/dev/null | grep -qF "$public"; then
      mistake "Secret $namespace/$name, key signing-key: allowed_signers does not know it"
    fi
  done <"$scratch/signing"
}

for overlay; do
  overlay=${overlay%/}
  rendered || continue
  known_settings >"$scratch/settings.json"
  jq -rs --slurpfile settings "$scratch/settings.json" -f "$here/check.jq" "$scratch/objects.json" >"$scratch/found" || mistake "jq cannot look at it"
  while read -r found; do mistake "$found"; done <"$scratch/found"
  signing_keys
done
[ $mistakes -eq 0 ] || exit 1
echo "nothing wrong: $*"
