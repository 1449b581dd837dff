package org.clusterbackup.kubernetes.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.clusterbackup.kubernetes.api.ApiServer;
import org.clusterbackup.kubernetes.api.ResourceType;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists from a server that answers by script, with what a real one does only after minutes. */
class ListerTest {
    private static final ResourceType THINGS = new ResourceType("", "v1", "things", "Thing", false);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private record Scripted(int code, String body) {}

    private final Path folder;
    private final HttpServer http;
    private final ApiServer server;
    private final Queue<Scripted> script = new ArrayDeque<>();
    private final List<String> asked = new ArrayList<>();

    ListerTest(@TempDir Path folder) throws Exception {
        this.folder = folder;
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", this::answer);
        http.start();
        var kubeconfig = folder.resolve("kubeconfig");
        Files.writeString(kubeconfig, """
                apiVersion: v1
                kind: Config
                current-context: test
                contexts: [{name: test, context: {cluster: test}}]
                clusters: [{name: test, cluster: {server: "http://127.0.0.1:%d"}}]
                """.formatted(http.getAddress().getPort()));
        server = ApiServer.connect(Optional.of(kubeconfig), Optional.empty());
    }

    @AfterEach
    void goDown() {
        server.close();
        http.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            asked.add(String.valueOf(exchange.getRequestURI().getQuery()));
            var next = script.remove();
            var bytes = next.body().getBytes(StandardCharsets.UTF_8);
            // A negative code is an answer that is cut.
            exchange.sendResponseHeaders(Math.abs(next.code()), next.code() < 0 ? bytes.length + 10 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private static Scripted page(String version, String next, String... names) {
        var items = new ArrayList<String>();
        for (var name : names) {
            items.add("{\"metadata\":{\"name\":\"" + name + "\"}}");
        }
        return new Scripted(
                200,
                "{\"kind\":\"ThingList\",\"metadata\":{\"resourceVersion\":\"" + version + "\",\"continue\":\"" + next
                        + "\"},\"items\":" + items + "}");
    }

    private List<String> list() throws BackupException, IOException {
        var names = new ArrayList<String>();
        try (var listed = new Lister(server, folder).list(THINGS, PATIENCE)) {
            for (var item = listed.next(); item.isPresent(); item = listed.next()) {
                names.add(item.get().name() + "@" + listed.resourceVersion());
            }
        }
        return names;
    }

    @Test
    void aListThatExpiresBeginsAnewAndNothingIsTwice() throws Exception {
        script.addAll(List.of(
                page("7", "t1", "a"),
                new Scripted(410, "{\"message\":\"expired\"}"),
                page("9", "t2", "a"),
                page("9", "", "b")));

        assertThat(list()).containsExactly("a@9", "b@9");
        assertThat(asked.get(1)).contains("continue=t1");
    }

    @Test
    void pagesOfTwoMomentsAreNoList() throws Exception {
        script.addAll(List.of(page("7", "t1", "a"), page("8", "", "b"), page("9", "", "a", "b")));

        assertThat(list()).containsExactly("a@9", "b@9");
    }

    @Test
    void aListThatNeverStaysIsGivenUp() {
        for (var i = 0; i < 5; i++) {
            script.addAll(List.of(page("7", "t1", "a"), new Scripted(410, "{\"message\":\"expired\"}")));
        }

        assertThatThrownBy(this::list)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SOURCE_INCOMPLETE))
                .hasMessageContaining("things cannot be listed at one moment");
    }

    @Test
    void aPageThatIsCutOrNotReadyIsAskedForAgain() throws Exception {
        var whole = page("7", "t1", "a");
        script.addAll(
                List.of(new Scripted(-200, whole.body()), whole, new Scripted(503, "starting"), page("7", "", "b")));

        assertThat(list()).containsExactly("a@7", "b@7");
    }

    @Test
    void ofLargeObjectsAPageHasFewer() throws Exception {
        var large = new Scripted(200, "{\"items\":[{\"metadata\":{\"name\":\"" + "x".repeat(5 << 20) + "\"}}]}");
        script.addAll(List.of(large, page("7", "", "a")));

        assertThat(list()).containsExactly("a@7");
        assertThat(asked).containsExactly("limit=25", "limit=6");
    }

    @Test
    void whatIsNoListIsRefused() {
        for (var body :
                List.of("", "no JSON", "{}", "{\"items\":[{}]}", "{\"items\":[{\"metadata\":{\"name\":\"a\"}}")) {
            script.add(new Scripted(200, body));
            assertThatThrownBy(this::list).as(body).isInstanceOfSatisfying(BackupException.class, e -> assertThat(
                            e.kind())
                    .isEqualTo(Kind.SOURCE_INCOMPLETE));
        }
        assertThat(folder).isDirectoryNotContaining("glob:**.spool");
    }
}
