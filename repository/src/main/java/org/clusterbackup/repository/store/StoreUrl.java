package org.clusterbackup.repository.store;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** Where a store is, as an operator writes it; never with a secret in it. */
sealed interface StoreUrl {
    /** A path of this machine. */
    record Directory(Path path) implements StoreUrl {}

    /** {@code sftp://[user@]host[:port]/absolute/path} */
    record Sftp(Optional<String> user, String host, int port, String path) implements StoreUrl {
        static final int DEFAULT_PORT = 22;
    }

    /** {@code s3:https://host[:port]/bucket[/prefix]}; the prefix is empty or without slashes around it. */
    record S3(URI endpoint, String bucket, String prefix) implements StoreUrl {}

    /** @throws BackupException {@code USAGE} if it is none of the three forms */
    static StoreUrl parse(String url) throws BackupException {
        if (url.startsWith("sftp:")) {
            return sftp(url);
        }
        if (url.startsWith("s3:")) {
            return s3(url);
        }
        if (url.isBlank() || SCHEME.matcher(url).find()) {
            throw bad(url, "neither a directory nor sftp:// nor s3:http(s)://");
        }
        try {
            return new Directory(Path.of(url));
        } catch (InvalidPathException e) {
            throw bad(url, e.getReason());
        }
    }

    Pattern SCHEME = Pattern.compile("^[A-Za-z][A-Za-z0-9+.-]*://");

    /** As S3 has it: labels as of a host's name, and no address. */
    Pattern BUCKET = Pattern.compile(
            "(?=.{3,63}$)(?!\\d+\\.\\d+\\.\\d+\\.\\d+$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

    private static Sftp sftp(String url) throws BackupException {
        var uri = uri(url, url);
        var user = Optional.ofNullable(uri.getUserInfo());
        if (user.filter(text -> text.contains(":")).isPresent()) {
            throw bad("sftp://…", "a password cannot stand in the address: use a key file");
        }
        var path = uri.getPath() == null ? "" : stripEnd(uri.getPath());
        if (uri.getHost() == null || path.isEmpty()) {
            throw bad(url, "the form is sftp://[user@]host[:port]/absolute/path");
        }
        return new Sftp(user, host(uri), uri.getPort() < 0 ? Sftp.DEFAULT_PORT : uri.getPort(), path);
    }

    private static S3 s3(String url) throws BackupException {
        var uri = uri(url, url.substring("s3:".length()));
        var scheme = String.valueOf(uri.getScheme());
        if (uri.getUserInfo() != null) {
            throw bad("s3:…", "a credential cannot stand in the address: use the environment or files");
        }
        var path = uri.getPath() == null ? "" : stripEnd(uri.getPath());
        var parts = path.split("/", 3);
        if (!(scheme.equals("https") || scheme.equals("http")) || uri.getHost() == null || parts.length < 2) {
            throw bad(url, "the form is s3:https://host[:port]/bucket[/prefix]");
        }
        if (!BUCKET.matcher(parts[1]).matches()) {
            throw bad(
                    url,
                    "'" + parts[1]
                            + "' is no name of a bucket, which has 3 to 63 small letters, digits, dots and hyphens");
        }
        var endpoint = URI.create(scheme + "://" + uri.getRawAuthority());
        return new S3(endpoint, parts[1], parts.length < 3 ? "" : ObjectNames.requireFolder(parts[2]));
    }

    private static URI uri(String url, String text) throws BackupException {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw bad(url, e.getReason());
        }
    }

    /** Without the brackets of an IPv6 address. */
    private static String host(URI uri) {
        return uri.getHost().replaceAll("^\\[|\\]$", "");
    }

    private static String stripEnd(String path) {
        return path.replaceAll("/+$", "");
    }

    private static BackupException bad(String url, String reason) {
        return new BackupException(Kind.USAGE, "not the address of a store: " + url + ": " + reason);
    }
}
