package org.clusterbackup.cli.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.ArrayList;
import java.util.List;

/**
 * The texts in a value. Kubernetes keeps most objects as protobuf, where a text is followed by the next field's number,
 * which may look like a letter of it: so those are taken apart.
 */
public final class ValueTexts {
    private static final ByteString PROTOBUF = ByteString.copyFromUtf8("k8s\0");
    private static final ByteString ENCRYPTED = ByteString.copyFromUtf8("k8s:enc:");
    private static final int DEEPEST = 64;

    private ValueTexts() {}

    /** Whether an API server encrypted it, so that nothing can be found in it. */
    public static boolean isEncrypted(ByteString value) {
        return value.startsWith(ENCRYPTED);
    }

    /** Each text of a protobuf; anything else is one text, its bytes that are none being replaced. */
    public static List<String> of(ByteString value) {
        var texts = new ArrayList<String>();
        if (!value.startsWith(PROTOBUF) || !message(value.substring(PROTOBUF.size()), DEEPEST, texts)) {
            texts.add(value.toStringUtf8());
        }
        return List.copyOf(texts);
    }

    /** Without its schema nobody can tell a text from a message: what can be both is taken for both. */
    private static boolean message(ByteString bytes, int depth, List<String> texts) {
        if (depth == 0) {
            return false;
        }
        UnknownFieldSet fields;
        try {
            fields = UnknownFieldSet.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
        for (var field : fields.asMap().values()) {
            for (var inner : field.getLengthDelimitedList()) {
                message(inner, depth - 1, texts);
                texts.add(inner.toStringUtf8());
            }
        }
        return true;
    }
}
