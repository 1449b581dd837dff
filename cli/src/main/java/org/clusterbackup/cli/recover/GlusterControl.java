package org.clusterbackup.cli.recover;

/**
 * How this cluster's Gluster servers are stopped, started and spoken to: shell commands in which {@code {node}} stands for
 * the node's name. They run on the node.
 */
public record GlusterControl(String stop, String start, String gluster) {
    /** Bricks and the self-heal daemon outlive glusterd where systemd does not end them. */
    public static final String SYSTEMD_STOP =
            "systemctl stop glusterd; pkill -x glusterfsd || true; pkill -f '[g]lustershd' || true";

    public static final String SYSTEMD_START = "systemctl start glusterd";
    public static final String PROGRAM = "gluster";

    private static final String NODE = "{node}";

    String stop(String node) {
        return stop.replace(NODE, Shell.quote(node));
    }

    String start(String node) {
        return start.replace(NODE, Shell.quote(node));
    }

    String gluster(String node) {
        return gluster.replace(NODE, Shell.quote(node)) + " --mode=script";
    }
}
