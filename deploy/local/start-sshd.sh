#!/bin/sh
# start-sshd.sh DIR PORT [OPTION...]: an OpenSSH server of its own on loopback, in the foreground. It lets in who runs it, by the key DIR/client;
# DIR/known_hosts has its host key. Options are sshd's, such as -o ForceCommand=internal-sftp.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/local/lib.sh
. "$here/lib.sh"
[ $# -ge 2 ] || die "usage: start-sshd.sh DIR PORT [OPTION...]"
PATH=$PATH:/usr/sbin
have sshd || die "sshd is not installed: run deploy/local/install.sh packages"
mkdir -p "$1"
dir=$(cd "$1" && pwd) port=$2
shift 2
chmod 700 "$dir"
for key in host client; do
  [ -e "$dir/$key" ] || ssh-keygen -q -t ed25519 -N '' -C "$key" -f "$dir/$key"
done
cp "$dir/client.pub" "$dir/authorized_keys"
echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$dir/host.pub")" >"$dir/known_hosts"

# Without PAM sshd refuses an account whose password is locked, as Ubuntu's root is.
pam=no
if [ "$(id -u)" -eq 0 ]; then
  mkdir -p /run/sshd
  grep -q '^root:!' /etc/shadow 2>/dev/null && pam=yes
fi
cat >"$dir/sshd_config" <<END
ListenAddress 127.0.0.1
Port $port
HostKey $dir/host
PidFile none
AuthorizedKeysFile $dir/authorized_keys
AuthenticationMethods publickey
PasswordAuthentication no
PermitRootLogin prohibit-password
UsePAM $pam
StrictModes no
MaxStartups 100
MaxSessions 100
PrintMotd no
LogLevel VERBOSE
# bash reads ~/.bashrc even for a command over SSH: one that takes a second would slow each digest. The account's own is not ours.
SetEnv HOME=$dir
Subsystem sftp internal-sftp
END
exec "$(command -v sshd)" -D -e -f "$dir/sshd_config" "$@"
