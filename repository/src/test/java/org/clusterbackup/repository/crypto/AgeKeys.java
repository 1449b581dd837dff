package org.clusterbackup.repository.crypto;

import com.exceptionfactory.jagged.x25519.X25519KeyPairGenerator;
import java.security.GeneralSecurityException;
import org.clusterbackup.repository.BackupException;

/** A fresh age key pair, as texts of its two files. */
public record AgeKeys(String recipient, String secret) {
    public static AgeKeys generate() {
        try {
            var pair = new X25519KeyPairGenerator().generateKeyPair();
            return new AgeKeys(pair.getPublic().toString(), pair.getPrivate().toString());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public Recipients recipients() throws BackupException {
        return Recipients.parse("test recipients", recipient);
    }

    public Identity identity() throws BackupException {
        return Identity.parse("test identity", secret);
    }
}
