package org.clusterbackup.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.clusterbackup.repository.BackupException;

/**
 * What an API server keeps in an etcd, below its usual prefix {@value #PREFIX}.
 *
 * @param clusterUid the uid of namespace {@code kube-system}, by which a cluster is known; empty if it is encrypted
 * @param encryption the providers, such as {@code aescbc} or {@code kms}, that encrypted a Secret or that namespace
 */
public record KubernetesStore(Optional<String> clusterUid, SortedSet<String> encryption) {
    private static final String PREFIX = "/registry/";
    private static final String SYSTEM = PREFIX + "namespaces/kube-system";
    private static final String SECRETS = PREFIX + "secrets/";

    /** How the API server begins what it encrypted: {@code k8s:enc:<provider>:v1:<name of the key>:}. */
    private static final ByteString ENCRYPTED = ByteString.copyFromUtf8("k8s:enc:");

    private static final int MAX_PROVIDER = 32;

    /** How it begins an object that is a {@code runtime.Unknown} of its protobuf. */
    private static final ByteString PROTOBUF = ByteString.copyFrom(new byte[] {'k', '8', 's', 0});

    /** The object in {@code runtime.Unknown}, {@code metadata} in every object, {@code uid} in {@code ObjectMeta}. */
    private static final int[] UID = {2, 1, 5};

    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    public KubernetesStore {
        encryption = Collections.unmodifiableSortedSet(new TreeSet<>(encryption));
    }

    /** Reads all Secrets for how they begin; empty if no API server keeps its objects there. */
    public static Optional<KubernetesStore> read(Member member) throws BackupException {
        var system = new ArrayList<ByteString>();
        newest(member, KeyRange.of(SYSTEM.getBytes(StandardCharsets.UTF_8)), system::add);
        if (system.isEmpty()) {
            return Optional.empty();
        }
        var providers = new TreeSet<String>();
        provider(system.getFirst()).ifPresent(providers::add);
        newest(member, KeyRange.prefix(SECRETS.getBytes(StandardCharsets.UTF_8)), value -> provider(value)
                .ifPresent(providers::add));
        return Optional.of(new KubernetesStore(uid(system.getFirst()), providers));
    }

    private static void newest(Member member, KeyRange range, Consumer<ByteString> taker) throws BackupException {
        try {
            new KeysAt(member, range, 0).each(key -> taker.accept(key.getValue()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> provider(ByteString value) {
        if (!value.startsWith(ENCRYPTED)) {
            return Optional.empty();
        }
        var begin = ENCRYPTED.size();
        var text = value.substring(begin, Math.min(value.size(), begin + MAX_PROVIDER))
                .toStringUtf8();
        var name = text.split(":", 2)[0];
        return Optional.of(name.matches("[a-z0-9]+") ? name : "unknown");
    }

    private static Optional<String> uid(ByteString value) {
        if (!value.startsWith(PROTOBUF)) {
            return Optional.empty();
        }
        try {
            var at = value.substring(PROTOBUF.size());
            for (var field : UID) {
                var inner = UnknownFieldSet.parseFrom(at).getField(field).getLengthDelimitedList();
                if (inner.isEmpty()) {
                    return Optional.empty();
                }
                at = inner.getLast();
            }
            return Optional.of(at.toStringUtf8())
                    .filter(uid -> UUID.matcher(uid).matches());
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
    }
}
