package org.clusterbackup.kubernetes.api;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** One API server, with its address and the caller's login. Safe for use by many threads. */
public final class ApiServer implements AutoCloseable {
    /** Far more than any single object may have. */
    private static final int MAX_BYTES = 32 << 20;

    /** The server itself ends a request after a minute. */
    private static final Duration CALL = Duration.ofSeconds(90);

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);

    private final HttpClient http;
    private final String url;

    private ApiServer(HttpClient http, String url) {
        this.http = http;
        this.url = url;
    }

    /**
     * @param kubeconfig empty for what {@code kubectl} would take: {@code KUBECONFIG}, {@code ~/.kube/config}, or inside a pod its
     *     service account
     * @param context of the kubeconfig; empty for its current one
     * @throws BackupException {@code USAGE} if that does not say where the server is
     */
    public static ApiServer connect(Optional<Path> kubeconfig, Optional<String> context) throws BackupException {
        var found =
                kubeconfig.isPresent() ? read(kubeconfig.get(), context) : Config.autoConfigure(context.orElse(null));
        // Whoever calls decides what is worth another try; the client's own retries would hide for minutes what is
        // down.
        var config = new ConfigBuilder(found)
                .withRequestRetryBackoffLimit(0)
                .withConnectionTimeout((int) CONNECT.toMillis())
                .withRequestTimeout((int) CALL.toMillis())
                .build();
        var url = config.getMasterUrl().replaceFirst("/+$", "");
        try {
            return new ApiServer(new JdkHttpClientFactory().newBuilder(config).build(), url);
        } catch (KubernetesClientException | IllegalArgumentException e) {
            throw new BackupException(Kind.USAGE, "cannot connect to " + url + ": " + e.getMessage(), e)
                    .withHint("look at the certificates and keys of the kubeconfig");
        }
    }

    private static Config read(Path file, Optional<String> context) throws BackupException {
        try {
            if (!Files.isReadable(file)) {
                throw new BackupException(Kind.USAGE, "no kubeconfig that can be read: " + file);
            }
            var config = Config.fromKubeconfig(context.orElse(null), file.toFile());
            if (context.isPresent()
                    && (config.getCurrentContext() == null
                            || !context.get().equals(config.getCurrentContext().getName()))) {
                throw new BackupException(Kind.USAGE, file + " has no context " + context.get());
            }
            return config;
        } catch (KubernetesClientException | IllegalArgumentException e) {
            throw new BackupException(Kind.USAGE, "cannot read the kubeconfig " + file + ": " + e.getMessage(), e);
        }
    }

    public String url() {
        return url;
    }

    /**
     * Reads {@code path}, and again while the server cannot be reached or says that it cannot just now. After it could not be
     * reached any failure but 410 is asked for again, since a server that starts refuses what it allows later.
     *
     * @param maxBytes of the answer, which is in memory whole
     * @param patience no new attempt begins after it
     * @throws BackupException {@code UNREACHABLE} if there never was an answer
     * @throws AnswerTooLargeException if the body is longer than {@code maxBytes}
     */
    public Answer get(String path, int maxBytes, Duration patience) throws BackupException, AnswerTooLargeException {
        var until = Instant.now().plus(patience);
        var pause = FIRST_PAUSE;
        var startsAnew = false;
        while (true) {
            try {
                var answer = call(http.newHttpRequestBuilder().uri(url + path), path, maxBytes);
                var again = answer.passing() || (startsAnew && !answer.ok() && answer.code() != Answer.GONE);
                if (!again || Instant.now().isAfter(until)) {
                    return answer;
                }
            } catch (BackupException e) {
                if (e.kind() != Kind.UNREACHABLE || Instant.now().isAfter(until)) {
                    throw e;
                }
                startsAnew = true;
            }
            pause(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    /** {@link #get} of what is no list: an answer that is too large is a failure like others. */
    public Answer getSmall(String path, Duration patience) throws BackupException {
        try {
            return get(path, MAX_BYTES, patience);
        } catch (AnswerTooLargeException e) {
            throw new BackupException(Kind.SOURCE_INCOMPLETE, String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * One request with a body, without retries.
     *
     * @throws BackupException {@code UNREACHABLE} if there was no answer: whether the request was done is not known
     */
    public Answer send(String method, String path, String contentType, byte[] body) throws BackupException {
        try {
            var text = new String(body, StandardCharsets.UTF_8);
            return call(
                    http.newHttpRequestBuilder().uri(url + path).method(method, contentType, text), path, MAX_BYTES);
        } catch (AnswerTooLargeException e) {
            throw new BackupException(Kind.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    private Answer call(HttpRequest.Builder request, String path, int maxBytes)
            throws BackupException, AnswerTooLargeException {
        var timed = request.setHeader("Accept", "application/json")
                .timeout(CALL.toMillis(), TimeUnit.MILLISECONDS)
                .build();
        var sent = http.sendAsync(timed, InputStream.class);
        try {
            var response = sent.get(CALL.toSeconds(), TimeUnit.SECONDS);
            try (var body = response.body()) {
                var bytes = body.readNBytes(maxBytes + 1);
                if (bytes.length > maxBytes) {
                    throw new AnswerTooLargeException(path, maxBytes);
                }
                return new Answer(response.code(), bytes);
            }
        } catch (ExecutionException | TimeoutException | IOException e) {
            sent.cancel(true);
            var cause = e.getCause() == null ? e : e.getCause();
            throw new BackupException(Kind.UNREACHABLE, url + path + ": no answer: " + cause, e);
        } catch (InterruptedException e) {
            sent.cancel(true);
            Thread.currentThread().interrupt();
            throw new BackupException(Kind.FAILED, "interrupted", e);
        }
    }

    private static void pause(Duration time) throws BackupException {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException(Kind.FAILED, "interrupted", e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
