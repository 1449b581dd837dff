package org.clusterbackup.kubernetes.restore;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.clusterbackup.kubernetes.archive.StoredObject;

/** What a restore said. */
final class Told implements RestoreListener {
    final Map<String, Outcome> outcomes = new HashMap<>();
    final Map<String, String> reasons = new HashMap<>();
    final Map<String, List<Difference>> differences = new HashMap<>();
    final List<String> warnings = new ArrayList<>();
    final List<String> oldNames = new ArrayList<>();

    @Override
    public void done(StoredObject object, Outcome outcome, String reason, List<Difference> changes) {
        outcomes.put(object.toString(), outcome);
        reasons.put(object.toString(), reason);
        differences.put(object.toString(), changes);
    }

    /** What did not come back, and why. */
    Map<String, String> failures() {
        var failures = new HashMap<>(reasons);
        failures.keySet().removeIf(object -> !outcomes.getOrDefault(object, Outcome.REFUSED)
                .isFailure());
        return failures;
    }

    @Override
    public void oldName(StoredObject object, OldName name) {
        oldNames.add(object + " " + name);
    }

    @Override
    public void warn(StoredObject object, String message) {
        warnings.add(object + ": " + message);
    }
}
