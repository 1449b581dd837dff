#!/bin/sh
# fingerprint.sh DIR: one line a file, sorted: type, mode, owner, group, links, seconds of its mtime, size, name, content or link; then every xattr, ACLs among them.
# Two trees are the same when these are. What a Gluster brick rewrites by itself (.glusterfs/health_check, indices) is left out, and the
# size of folders, which tells how they grew, and the times of symbolic links, which xfsrestore does not set.
set -eu
LC_ALL=C
export LC_ALL
cd "$1"
skip='( -path ./.glusterfs/health_check -o -path ./.glusterfs/indices -o -path ./lost+found ) -prune -o'
# shellcheck disable=SC2086  # a list of words
set -f
# shellcheck disable=SC2086
find . $skip -type d -printf '%y %m %U %G - %Ts - %p\0' -o -type l -printf '%y %m %U %G %n - %s %p -> %l\0' -o -printf '%y %m %U %G %n %Ts %s %p\0' | sort -z | tr '\0\n' '\n\1'
# shellcheck disable=SC2086
find . $skip -type f -print0 | sort -z | xargs -0 -r sha256sum -z | tr '\0\n' '\n\1'
# shellcheck disable=SC2086
find . $skip -not -type l -print0 | sort -z | xargs -0 -r getfattr -h -d -m - -e hex --absolute-names 2>/dev/null
