#!/bin/sh
# base.sh: a base for images without any registry: a minimal Debian or Ubuntu of the machine's own release, made by debootstrap and kept in the
# cache. Prints the folder with base.tar; remove it to have a newer one. It has the machine's apt sources.
set -eu
here=$(cd "$(dirname "$0")/../local" && pwd)
# shellcheck source=deploy/local/lib.sh
. "$here/lib.sh"
# shellcheck source=deploy/local/install.sh
. "$here/install.sh"

suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
[ -n "$suite" ] || die "this is no Debian or Ubuntu: give a base image with BASE=…"
components=main
[ "$(. /etc/os-release && echo "$ID")" != ubuntu ] || components=main,universe

make_base() (
  root=$1/root
  trap 'rm -rf --one-file-system "$root"' EXIT
  debootstrap --variant=minbase --components="$components" "$suite" "$root" >"$cache/debootstrap.log" 2>&1 || {
    tail -n 20 "$cache/debootstrap.log" >&2
    return 1
  }
  for sources in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list.d/ubuntu.sources; do
    if [ -e $sources ]; then cp $sources "$root$sources"; else rm -f "$root$sources"; fi
  done
  # What tells when it was made, and what nobody reads in an image.
  rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/* "$root"/var/log/* "$root"/tmp/* "$root"/etc/*- "$root"/var/lib/dpkg/*-old \
    "$root"/usr/share/doc/* "$root"/usr/share/man/* "$root"/usr/share/info/* "$root"/usr/share/locale/* "$root"/etc/machine-id
  mkdir -p "$root/var/lib/apt/lists/partial" "$root/var/cache/apt/archives/partial" "$root/var/log/apt"
  printf 'path-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/info/*\npath-exclude=/usr/share/locale/*\n' \
    >"$root/etc/dpkg/dpkg.cfg.d/small"
  tar -C "$root" --sort=name --mtime=@0 --numeric-owner --exclude='./dev/*' -cf "$1/base.tar" .
)

have debootstrap || apt_install debootstrap
base=$cache/base-$suite-$(sha256sum <"$0" | cut -c1-16)
if [ ! -e "$base/.complete" ]; then
  say "making a base image of $suite by debootstrap (once, two minutes)"
  once "$base" make_base
fi
echo "$base"
