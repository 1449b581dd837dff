package org.clusterbackup.repository.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreUrlTest {
    @Test
    void aPathIsADirectory() throws Exception {
        assertThat(StoreUrl.parse("/srv/backup")).isEqualTo(new StoreUrl.Directory(Path.of("/srv/backup")));
    }

    @Test
    void sftpHasUserHostPortAndPath() throws Exception {
        assertThat(StoreUrl.parse("sftp://backup@host.example:2222/srv/backup/"))
                .isEqualTo(new StoreUrl.Sftp(Optional.of("backup"), "host.example", 2222, "/srv/backup"));
    }

    @Test
    void sftpHasDefaults() throws Exception {
        assertThat(StoreUrl.parse("sftp://[::1]/srv"))
                .isEqualTo(new StoreUrl.Sftp(Optional.empty(), "::1", 22, "/srv"));
    }

    @Test
    void s3HasEndpointBucketAndPrefix() throws Exception {
        assertThat(StoreUrl.parse("s3:https://s3.example:9000/bucket/a/b"))
                .isEqualTo(new StoreUrl.S3(URI.create("https://s3.example:9000"), "bucket", "a/b"));
    }

    @Test
    void s3NeedsNoPrefix() throws Exception {
        assertThat(StoreUrl.parse("s3:http://s3.example/bucket/"))
                .isEqualTo(new StoreUrl.S3(URI.create("http://s3.example"), "bucket", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sftp://host",
                "sftp://host/",
                "sftp:host/path",
                "s3:https://host",
                "s3:https://host/",
                "s3:ftp://host/bucket",
                "s3:host/bucket",
                "s3:https://host/bucket/../x",
                "http://host/path",
                "sftp://a b/c"
            })
    void whatIsNoAddressIsRefused(String url) {
        assertThatThrownBy(() -> StoreUrl.parse(url)).isInstanceOf(BackupException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sftp://user:secret@host/path", "s3:https://key:secret@host/bucket"})
    void aSecretInTheAddressIsRefusedAndNotRepeated(String url) {
        assertThatThrownBy(() -> StoreUrl.parse(url))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.USAGE))
                .message()
                .doesNotContain("secret");
    }
}
