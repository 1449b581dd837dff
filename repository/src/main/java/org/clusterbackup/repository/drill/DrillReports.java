package org.clusterbackup.repository.drill;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.TargetName;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.ObjectInfo;

/** The reports of drills that lie beside a target's ledger. Thread-safe if the store is. */
public final class DrillReports {
    public static final String FOLDER = "drills";

    private static final Pattern NAME = Pattern.compile("drills/[A-Za-z0-9._-]{1,200}\\.json");
    private static final String SIGNATURE = ".sig";

    private final Repository repository;
    private final TargetName target;

    /** @throws BackupException {@code USAGE} if {@code repository} is not at a target */
    public DrillReports(Repository repository) throws BackupException {
        this.repository = repository;
        this.target = repository.requireTarget();
    }

    /** @param sha256 of its bytes */
    public record Verified(DrillReport report, Sha256 sha256) {}

    /** What lies there under the name of a report, by name; nothing of it is believed. */
    public List<ObjectInfo> list() throws BackupException {
        var found = new ArrayList<ObjectInfo>();
        repository.store().list(FOLDER, object -> {
            if (NAME.matcher(object.name()).matches()) {
                found.add(object);
            }
        });
        found.sort(Comparator.comparing(ObjectInfo::name));
        return found;
    }

    /**
     * @throws BackupException {@code SIGNATURE} unless somebody signed it who may sign for drills of this target;
     *     {@code DAMAGED} if it is no report, or one of another target or repository; {@code UNKNOWN_FORMAT}
     */
    public Verified read(String name) throws BackupException {
        var bytes = repository.readSigned(target.drillSubject(), name);
        var report = DrillReport.parse(name, bytes);
        if (!report.target().equals(target)
                || !report.repository().equals(repository.description().repository())) {
            throw new BackupException(
                    Kind.DAMAGED,
                    name + " belongs to target " + report.target() + " of repository " + report.repository());
        }
        return new Verified(report, Sha256.of(bytes));
    }

    /** @throws BackupException {@code SIGNATURE} if {@code key} may not sign for drills of this target */
    public void requireMaySign(SigningKey key) throws BackupException {
        var bytes = new byte[0];
        repository.signers().verify(target.drillSubject(), bytes, key.sign(bytes));
    }

    /**
     * Leaves the report there, its signature first; durable when this returns.
     *
     * @return the name of its object
     */
    public String leave(DrillReport report, SigningKey key) throws BackupException {
        var bytes = report.toBytes();
        var signature = key.sign(bytes);
        repository.signers().verify(target.drillSubject(), bytes, signature);
        var name = FOLDER + "/" + ArtifactId.at(report.time(), new SecureRandom()) + ".json";
        repository.store().create(name + SIGNATURE, Body.of(signature));
        repository.store().create(name, Body.of(bytes));
        return name;
    }
}
