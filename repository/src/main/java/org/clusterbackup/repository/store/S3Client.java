package org.clusterbackup.repository.store;

import io.minio.GetBucketLocationArgs;
import io.minio.MinioAsyncClient;
import io.minio.errors.ErrorResponseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.jspecify.annotations.Nullable;

/** Makes the SDK's client for a bucket: own HTTP settings, own certificates, no retries of its own. */
final class S3Client {
    static final String DEFAULT_REGION = "us-east-1";

    private static final int REQUESTS_AT_ONCE = 32;
    private static final Set<String> NO_ANSWER_ABOUT_REGION =
            Set.of("AccessDenied", "NotImplemented", "MethodNotAllowed");

    private static final Pattern EXPECTING = Pattern.compile("expecting ['\"]([A-Za-z0-9-]+)['\"]");

    private S3Client() {}

    /** The HTTP client, which whoever asked for it closes. */
    static OkHttpClient http(StoreOptions options) throws BackupException {
        var dispatcher = new Dispatcher();
        dispatcher.setMaxRequests(REQUESTS_AT_ONCE);
        // Five by default, which a shipper's transfers in flight would queue behind.
        dispatcher.setMaxRequestsPerHost(REQUESTS_AT_ONCE);
        var builder = new OkHttpClient.Builder()
                .dispatcher(dispatcher)
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectTimeout(options.connectTimeout())
                .readTimeout(options.idleTimeout())
                .writeTimeout(options.idleTimeout());
        if (options.caFile().isPresent()) {
            trust(builder, options.caFile().get());
        }
        return builder.build();
    }

    /** A client that knows the bucket's region: the configured one, else what the server says, else us-east-1. */
    static MinioAsyncClient of(StoreUrl.S3 url, StoreOptions options, OkHttpClient http) throws IOException {
        if (options.s3Region().isPresent()) {
            return builder(url, options, http).region(options.s3Region().get()).build();
        }
        var asking = builder(url, options, http).build();
        try {
            asking.getBucketLocation(
                            GetBucketLocationArgs.builder().bucket(url.bucket()).build())
                    .join();
            return asking;
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            if (e.getCause() instanceof ErrorResponseException answer) {
                var region = regionIn(answer);
                if (!region.isEmpty()) {
                    return builder(url, options, http).region(region).build();
                }
            }
            // Whatever is wrong shows again, with its object's name, at the first call.
            return asking;
        }
    }

    /** What a server says that was asked with the wrong region, or may not say; empty if it is something else. */
    private static String regionIn(ErrorResponseException answer) {
        var expecting = EXPECTING.matcher(String.valueOf(answer.errorResponse().message()));
        if (expecting.find()) {
            return expecting.group(1);
        }
        return NO_ANSWER_ABOUT_REGION.contains(answer.errorResponse().code()) ? DEFAULT_REGION : "";
    }

    private static MinioAsyncClient.Builder builder(StoreUrl.S3 url, StoreOptions options, OkHttpClient http) {
        var builder =
                MinioAsyncClient.builder().endpoint(url.endpoint().toString()).httpClient(http);
        options.s3Keys().ifPresent(keys -> builder.credentials(keys.accessKeyId(), keys.secretAccessKey()));
        return builder;
    }

    private static void trust(OkHttpClient.Builder builder, Path pem) throws BackupException {
        try (var in = Files.newInputStream(pem)) {
            var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            var number = 0;
            for (var issuer : trustManager(null).getAcceptedIssuers()) {
                trusted.setCertificateEntry("machine-" + number++, issuer);
            }
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("own-" + number++, certificate);
            }
            var manager = trustManager(trusted);
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {manager}, null);
            builder.sslSocketFactory(context.getSocketFactory(), manager);
        } catch (IOException | GeneralSecurityException e) {
            throw new BackupException(Kind.USAGE, "cannot use the certificates in " + pem, e);
        }
    }

    private static X509TrustManager trustManager(@Nullable KeyStore trusted) throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return Stream.of(factory.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .map(X509TrustManager.class::cast)
                .findFirst()
                .orElseThrow();
    }
}
