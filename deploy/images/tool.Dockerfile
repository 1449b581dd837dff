# The command line with its own Java runtime, and the programs that restores call: xfsrestore, mkfs.xfs, tar, setfattr, setfacl, etcd's.
# It is a whole userland, since a person works in it. BASE as in Dockerfile.
ARG BASE
FROM ${BASE}
ARG PACKAGES
ARG VERSION=unknown
ARG REVISION=unknown
COPY install.sh /build/
RUN sh /build/install.sh ${PACKAGES} && rm -rf /build && ln -sf /proc/self/mounts /etc/mtab
COPY java/ /opt/clusterbackup/jre/
COPY tool/ /opt/clusterbackup/
ENV PATH=/opt/clusterbackup/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp MALLOC_ARENA_MAX=2
USER 65532:65532
WORKDIR /tmp
ENTRYPOINT ["clusterbackup"]
LABEL org.opencontainers.image.title="cluster-backup/clusterbackup" \
      org.opencontainers.image.description="cluster-backup rebuilds a Kubernetes cluster on GlusterFS after a disaster: the command line" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0"
