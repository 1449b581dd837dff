#!/bin/sh
# install.sh [PACKAGE...]: in a stage of an image: what apt lacks of these, and no trace of when that was.
set -eu
missing=
for package; do
  dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q ' installed$' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
apt-get update -q
# shellcheck disable=SC2086  # a list of words
DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* /tmp/* /etc/*- /var/lib/dpkg/*-old
