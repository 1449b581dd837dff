#!/bin/sh
# store.sh always|changed store|try STATE SOURCE TOOL OPTION… -- PATH…: stores the paths as SOURCE and prints `stored ID`. With `changed` it does nothing
# where they are as they were and what was stored of them is the repository's newest; with `try` it stores nothing. Ends as the tool does.
set -eu
when=$1 how=$2 source=$4 tool=$5
state=$3/$(echo "$source" | tr / -)
shift 5
umask 077

# digest OPTION… -- PATH…: of names, contents, owners, modes, times, ACLs and xattrs.
digest() {
  while [ "$1" != -- ]; do shift; done
  shift
  tar --sort=name --format=posix --pax-option=delete=atime,delete=ctime,exthdr.name=%d/%f --numeric-owner --acls --xattrs -P -cf - -- "$@" 2>/dev/null | sha256sum | cut -c1-64
}

# is_newest ID OPTION… -- PATH…: whether this artifact is the source's newest in the repository.
is_newest() {
  newest=$1
  shift
  options=yes
  for word; do
    shift
    [ "$word" != -- ] || options=
    [ -z "$options" ] || set -- "$@" "$word"
  done
  "$tool" show "$source@latest" "$@" --output json 2>/dev/null | grep -qF "\"$newest\""
}

now=$(digest "$@")
if [ "$when" = changed ] && read -r before artifact 2>/dev/null <"$state" && [ "$before" = "$now" ] && is_newest "$artifact" "$@"; then
  echo "as it was in $artifact"
  exit 0
fi
if [ "$how" = try ]; then
  "$tool" store --dry-run --source "$source" "$@" >&2
  echo "would be stored"
  exit 0
fi
status=0
artifact=$("$tool" store --source "$source" "$@") || status=$?
[ $status -eq 0 ] || [ $status -eq 3 ] || exit $status
echo "$now $artifact" >"$state.new"
mv "$state.new" "$state"
echo "stored $artifact"
exit $status
