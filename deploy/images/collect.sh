#!/bin/sh
# collect.sh TO [FOLDER|PROGRAM...]: copies the programs, and the libraries that they or the programs of a folder need, below TO, with the
# little else that an image without a distribution has to have. The folder itself is not copied.
set -eu
to=$1
shift
mkdir -p "$to/etc" "$to/tmp" "$to/usr/bin"
chmod 1777 "$to/tmp"
printf 'root:x:0:0:root:/tmp:/none\nnonroot:x:65532:65532:nonroot:/tmp:/none\n' >"$to/etc/passwd"
printf 'root:x:0:\nnonroot:x:65532:\n' >"$to/etc/group"
# xfsdump looks there for a file system's mount point. Docker makes this link in every container, containerd does not.
ln -s /proc/self/mounts "$to/etc/mtab"

# libraries FILE: absolute paths. A static program has none.
libraries() { { ldd "$1" 2>/dev/null || true; } | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p'; }

# Those of the folder itself are there already; some are loaded by name only.
keep() {
  case $1 in "$folder"/*) return 0 ;; esac
  [ -e "$to$1" ] || {
    mkdir -p "$to${1%/*}"
    cp -L "$1" "$to$1"
  }
}

folder=/none
for part; do
  if [ -d "$part" ]; then
    folder=$part
    find "$part" -type f \( -name '*.so' -o -path '*/bin/*' -o -perm -100 \) >/tmp/files
    # What is loaded by name: libm by zstd, libgcc_s to end a thread.
    for name in libm.so.6 libgcc_s.so.1; do
      path=$(ldconfig -p | sed -n "s/.*$name (.*x86-64.*=> //p; s/.*$name (.*AArch64.*=> //p" | head -n 1)
      [ -z "$path" ] || keep "$path"
    done
  else
    path=$(command -v "$part")
    mkdir -p "$to${path%/*}"
    cp -L "$path" "$to$path"
    echo "$path" >/tmp/files
  fi
  while read -r file; do
    for library in $(libraries "$file"); do keep "$library"; done
  done </tmp/files
done
rm -f /tmp/files
