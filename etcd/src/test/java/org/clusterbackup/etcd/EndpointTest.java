package org.clusterbackup.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.clusterbackup.repository.BackupException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    @ParameterizedTest
    @CsvSource({
        "https://etcd-0:2379, https://etcd-0:2379",
        "http://127.0.0.1, http://127.0.0.1:2379",
        "' HTTPS://[::1]:1/ ', https://[::1]:1"
    })
    void clientUrlIsRead(String text, String read) throws BackupException {
        assertThat(Endpoint.parse(text)).hasToString(read);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "etcd-0",
                "etcd-0:2379",
                "ftp://etcd-0",
                "https://",
                "https://a/b",
                "https://u@a",
                "https://a b",
                "unix:///x"
            })
    void anythingElseIsRefusedWithWhatToWrite(String text) {
        assertThatThrownBy(() -> Endpoint.parse(text))
                .isInstanceOfSatisfying(BackupException.class, e -> assertThat(e.hint())
                        .hasValueSatisfying(hint -> assertThat(hint).contains("https://host:2379")));
    }
}
