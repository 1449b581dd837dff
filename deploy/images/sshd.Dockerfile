# OpenSSH's server for one user without a shell, who may do SFTP: a target for trials. It runs as that user, at a port above 1024.
ARG BASE
FROM ${BASE} AS parts
COPY install.sh collect.sh /build/
RUN sh /build/install.sh openssh-server
# Since OpenSSH 9.8 a session is a program of its own. An account needs a shell that exists, even where no shell is ever started.
RUN sh /build/collect.sh /parts sshd $(ls -d /usr/lib/openssh/sshd-* 2>/dev/null) && \
    printf 'backup:x:65532:65532:backup:/data:/usr/sbin/sshd\n' >/parts/etc/passwd

FROM scratch
ARG VERSION=unknown
COPY --from=parts /parts/ /
USER 65532:65532
ENTRYPOINT ["/usr/sbin/sshd", "-D", "-e"]
LABEL org.opencontainers.image.title="cluster-backup/sshd" \
      org.opencontainers.image.description="OpenSSH's server, for SFTP alone" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="BSD-2-Clause"
