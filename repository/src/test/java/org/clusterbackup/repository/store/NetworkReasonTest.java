package org.clusterbackup.repository.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class NetworkReasonTest {
    @Test
    void aNameWithoutAnAddressIsSaid() {
        var wrapped = new IOException("DefaultConnectFuture[x]: Failed", new UnresolvedAddressException());

        assertThat(NetworkReason.of(wrapped)).contains("no address is known for that name");
        assertThat(NetworkReason.of(new UnknownHostException("x"))).contains("no address is known for that name");
    }

    @Test
    void theSystemsWordsOutrankTheLibrarys() {
        var library = new ConnectException("Failed to connect to /127.0.0.1:1");
        library.initCause(new ConnectException("Connection refused"));

        assertThat(NetworkReason.of(library)).contains("connection refused");
    }

    @Test
    void noAnswerIsSaid() {
        assertThat(NetworkReason.of(new SocketTimeoutException())).contains("no answer in time");
        assertThat(NetworkReason.of(new IOException(new TimeoutException()))).contains("no answer in time");
    }

    @Test
    void whatIsUnknownIsLeftToOthers() {
        assertThat(NetworkReason.of(new IOException("odd"))).isEmpty();
        assertThat(NetworkReason.of(new ConnectException())).isEmpty();
    }
}
