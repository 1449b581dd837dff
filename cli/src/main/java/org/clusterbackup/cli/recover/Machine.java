package org.clusterbackup.cli.recover;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The machine that a plan is carried out on: a slip of the hand in its name would format the disks of another.
 *
 * @param hostname its own, with or without a domain
 * @param elsewhere whether a name is that of another machine, which answers
 */
public record Machine(String hostname, Predicate<String> elsewhere) {
    private static final int ANSWERS_WITHIN_MILLIS = 1000;

    /** This one. */
    public static Machine here() throws UnknownHostException {
        return new Machine(InetAddress.getLocalHost().getHostName(), Machine::answersElsewhere);
    }

    /** Why the steps of {@code name} may not belong here, if there is a reason. */
    public Optional<String> objection(Plan plan, String name) {
        if (name.equals(Step.OPERATOR) || isMine(name)) {
            return Optional.empty();
        }
        var other = plan.steps().stream().map(Step::where).filter(this::isMine).findFirst();
        if (other.isPresent()) {
            return Optional.of("this machine is " + hostname + ", which the plan knows as " + other.get());
        }
        return elsewhere.test(name)
                ? Optional.of("this machine is " + hostname + ", and another that is named " + name + " answers")
                : Optional.empty();
    }

    private boolean isMine(String name) {
        return name.equals(hostname) || name.equals(hostname.replaceFirst("\\..*", ""));
    }

    private static boolean answersElsewhere(String name) {
        try {
            var answers = false;
            for (var address : InetAddress.getAllByName(name)) {
                if (address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null) {
                    return false;
                }
                answers |= address.isReachable(ANSWERS_WITHIN_MILLIS);
            }
            return answers;
        } catch (IOException e) {
            // Nobody knows the name, or nobody can be asked.
            return false;
        }
    }
}
