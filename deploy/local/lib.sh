# shellcheck shell=sh
# What the scripts of this folder share: messages, the cache, free ports, processes by id. To be sourced, with `here` naming this folder.

# shellcheck disable=SC2154  # `here` is set by whoever sources this
checkout=$(cd "$here/../.." && pwd)
# Third-party programs that are built or fetched once live outside the checkout.
cache=${CLUSTERBACKUP_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/cluster-backup}

say() { printf '%s\n' "$*" >&2; }

# die MESSAGE...: the end of a script that cannot go on.
die() {
  say "${0##*/}: $*"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# become_root SCRIPT ARGUMENT...: runs the script again by sudo when the caller is not root.
become_root() {
  [ "$(id -u)" -eq 0 ] && return 0
  have sudo || die "needs root (loop mounts, namespaces, packages), and there is no sudo: run it as root"
  say "needs root (loop mounts, namespaces, packages): going on by sudo"
  exec sudo --preserve-env=JAVA_HOME,CI,XDG_CACHE_HOME,CLUSTERBACKUP_CACHE,CLUSTERBACKUP_DEMO_DIR -- "$@"
}

# hand_back: what root made in the checkout, in the cache and in ~/.m2 goes to the owner of the folder it lies in.
hand_back() {
  [ "$(id -u)" -eq 0 ] || return 0
  give "$checkout" "$checkout"
  [ -n "${HOME:-}" ] || return 0
  case $cache in "$HOME"/*) give "$HOME" "$cache" ;; esac
  give "$HOME" "$HOME/.m2"
}

# give OWNED_FOLDER TREE
give() {
  [ -e "$2" ] || return 0
  owner=$(stat -c %u:%g "$1")
  [ "$owner" = 0:0 ] || find "$2" -xdev -uid 0 -exec chown -h "$owner" {} +
}

# free_port: a TCP port of loopback that nobody listens on, below the range that the kernel hands out by itself.
free_port() {
  while :; do
    port=$(($(od -An -N2 -tu2 /dev/urandom) % 12000 + 20000))
    port_is_free "$port" && break
  done
  echo "$port"
}

port_is_free() {
  hex=$(printf '%04X' "$1")
  ! awk -v hex=":$hex" '$4 == "0A" && substr($2, length($2) - 4) == hex { found = 1 } END { exit !found }' /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# await SECONDS WHAT COMMAND...: until the command succeeds.
await() {
  seconds=$1 what=$2
  shift 2
  tries=$((seconds * 5))
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || {
      say "${0##*/}: $what: not there after $seconds s"
      return 1
    }
    sleep 0.2
  done
}

# is_listening PORT
is_listening() { ! port_is_free "$1"; }

# start_time PID: tells a process from a later one with the same id.
start_time() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# record STATE NAME PID: so that `stop STATE NAME` ends this process and no other.
record() { echo "$3 $(start_time "$3")" >"$1/$2.pid"; }

# alive STATE NAME: whether the recorded process runs; leaves its id in $pid.
alive() {
  [ -s "$1/$2.pid" ] || return 1
  read -r pid started <"$1/$2.pid"
  [ -n "$pid" ] && [ "$(start_time "$pid")" = "$started" ] && [ -n "$started" ]
}

# start STATE NAME COMMAND...: in the background, its output in STATE/NAME.log.
start() {
  state=$1 name=$2
  shift 2
  "$@" >>"$state/$name.log" 2>&1 </dev/null &
  record "$state" "$name" $!
}

# stop STATE NAME [SIGNAL]: TERM, after 15 seconds KILL; returns when it is gone.
stop() {
  alive "$1" "$2" || {
    rm -f "$1/$2.pid"
    return 0
  }
  kill -s "${3:-TERM}" "$pid" 2>/dev/null || true
  left=75
  while alive "$1" "$2" && ! is_zombie "$pid"; do
    left=$((left - 1))
    [ $left -ne 0 ] || kill -s KILL "$pid" 2>/dev/null || true
    sleep 0.2
  done
  rm -f "$1/$2.pid"
}

# A child that has ended and that its parent, this shell, has not waited for.
is_zombie() { grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null; }
