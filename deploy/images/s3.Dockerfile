# versitygw, an S3 server on a folder: staging, and targets for trials.
ARG BASE
FROM ${BASE} AS parts
COPY collect.sh /build/
COPY s3/ /usr/bin/
RUN sh /build/collect.sh /parts versitygw

FROM scratch
ARG VERSION=unknown
COPY --from=parts /parts/ /
USER 65532:65532
ENTRYPOINT ["/usr/bin/versitygw"]
LABEL org.opencontainers.image.title="cluster-backup/s3" \
      org.opencontainers.image.description="versitygw, an S3 server on a folder" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
