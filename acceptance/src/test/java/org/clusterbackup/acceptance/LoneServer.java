package org.clusterbackup.acceptance;

import java.nio.file.Path;

/** A Gluster server with a volume {@code global} of one brick, as far as a backup sees it. */
final class LoneServer {
    private LoneServer() {}

    static String brickOf(String server) {
        return "brick/global/0/" + server;
    }

    /** Fills what is below {@code root} of the server: what glusterd keeps, and files in the brick {@code /media/brick0}. */
    static Command lay(Path root, String server) {
        return Command.shell("""
                cd "$1"
                mkdir -p etc/glusterfs var/lib/glusterd/vols/global/bricks var/log/glusterfs media/brick0/brick
                echo log >var/log/glusterfs/glusterd.log
                echo options >etc/glusterfs/glusterd.vol
                uuid=aff7a378-0a1d-45ca-96fb-397b42eac69b volume=11111111-2222-3333-4444-555555555555
                cd var/lib/glusterd
                printf 'UUID=%s\\noperating-version=100000\\n' $uuid >glusterd.info
                printf 'type=0\\ncount=1\\nstatus=1\\nsub_count=0\\nreplica_count=1\\ndisperse_count=0\\nvolume-id=%s\\nbrick-0=%s:-media-brick0-brick\\n' \
                  $volume "$2" >vols/global/info
                printf 'uuid=%s\\nhostname=%s\\npath=/media/brick0/brick\\nlisten-port=0\\ndecommissioned=0\\n' $uuid "$2" \
                  >"vols/global/bricks/$2:-media-brick0-brick"
                cd ../../../media/brick0/brick
                setfattr -n trusted.glusterfs.volume-id -v 0x$(echo $volume | tr -d -) .
                for i in $(seq 50); do head -c 20000 /dev/urandom >file$i; done
                head -c 12M /dev/urandom >large
                ln large hard
                mkdir private
                chown 1000:1000 private file1
                chmod 700 private
                echo secret >private/file
                chmod 600 private/file
                setfattr -n trusted.gfid -v 0x00112233445566778899aabbccddeeff file2
                setfacl -m u:1001:r file3
                """, root, server);
    }

    /** Of the brick on the file system that is mounted there. Times in whole seconds, since a dump has no others. */
    static Command fingerprint(Path place) {
        return Command.shell(
                "cd \"$1/brick\"; find . -printf '%P %y %m %U %G %n %s %T@\\n' | sed 's/[.][0-9]*$//' | sort; find . -type f -exec sha256sum {} + | sort;"
                        + " getfattr -R -d -m - -e hex . | sort; getfacl -R -n . | sort",
                place);
    }
}
