package org.clusterbackup.cli.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.clusterbackup.repository.BackupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NewMemberTest {
    @Test
    void nameAndPeerUrlAreRead() throws BackupException {
        assertThat(NewMember.parse("etcd-0=https://10.0.0.1:2380")).hasToString("etcd-0=https://10.0.0.1:2380");
    }

    @Test
    void clientsFindItWhereItIsSaidOrAtEtcdsPort() throws BackupException {
        assertThat(NewMember.parse("a=https://10.0.0.1:2380").client()).hasToString("https://10.0.0.1:2379");
        assertThat(NewMember.parse("a=https://10.0.0.1:2380,http://10.0.0.9:4001"))
                .hasToString("a=https://10.0.0.1:2380")
                .extracting(NewMember::client)
                .hasToString("http://10.0.0.9:4001");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "etcd-0",
                "=http://a:1",
                "../x=http://a:1",
                ".restoring=http://a:1",
                "a/b=http://a:1",
                "a=http://a",
                "a=ftp://a:1",
                "a=http://a:1/x",
                "a=http://a:1,b=http://b:1",
                "a=http://a:1,",
                "a=http://a:1,http://b:1,http://c:1",
                "a=b c"
            })
    void anythingElseIsRefusedWithWhatToWrite(String text) {
        assertThatThrownBy(() -> NewMember.parse(text))
                .isInstanceOfSatisfying(BackupException.class, e -> assertThat(e.hint())
                        .hasValueSatisfying(hint -> assertThat(hint).contains("--member etcd-0=")));
    }
}
