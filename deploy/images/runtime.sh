# shellcheck shell=sh
# What images and the tool's archive share: their version and time, and a Java runtime. To be sourced in the checkout's root, after lib.sh and install.sh.
# shellcheck disable=SC2034,SC2154  # for whoever sources this, and from there

project_version=$(sed -n 's:^  <version>\(.*\)</version>:\1:p' "$checkout/pom.xml")
# All times in what is made; that of Maven's jars, so that a checkout of the same state gives the same bytes.
epoch=${SOURCE_DATE_EPOCH:-$(date -u -d "$(sed -n 's:.*<project.build.outputTimestamp>\(.*\)</.*:\1:p' "$checkout/pom.xml")" +%s)}

# What the services and their libraries use; java.desktop for java.beans.
modules=java.base,java.desktop,java.instrument,java.logging,java.management,java.naming,java.net.http,java.rmi,java.security.jgss,java.security.sasl,java.sql
modules=$modules,java.transaction.xa,java.xml.crypto,jdk.crypto.ec,jdk.jfr,jdk.management,jdk.naming.dns,jdk.net,jdk.security.auth,jdk.unsupported,jdk.zipfs

# runtime: Java with these modules alone, kept in the cache.
runtime() {
  ensure_java
  java=$cache/java-runtime-$({ cat "$JAVA_HOME/release" && echo "$modules"; } | sha256sum | cut -c1-16)
  [ -e "$java/.complete" ] || say "linking a Java runtime (once)"
  once "$java" link_runtime
}

link_runtime() {
  rmdir "$1"
  "$JAVA_HOME/bin/jlink" --add-modules "$modules" --strip-java-debug-attributes --no-header-files --no-man-pages --compress zip-6 --output "$1" >&2
}
