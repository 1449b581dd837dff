# shellcheck shell=sh
# To be sourced in the checkout's root: sets JAVA_HOME to a JDK 25, installing what is missing.
here=$PWD/deploy/local
# shellcheck source=deploy/local/lib.sh
. "$here/lib.sh"
# shellcheck source=deploy/local/install.sh
. "$here/install.sh"
ensure_maven
