// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.value.Lsn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One piece of a base backup, in the order of sending: {@link Started}, then for each archive {@link Archive} and its {@link Data}, then, if
 * there is one, {@link Manifest} and its Data, and last {@link Finished}. {@link Progress} may come at any place between.
 */
public sealed interface BackupPart {

    /**
     * The backup has begun.
     *
     * @param start where in the log recovery from this backup has to begin
     * @param timeline the server's timeline there
     * @param tablespaces what is backed up, the base folder among it
     */
    record Started(Lsn start, long timeline, List<Tablespace> tablespaces) implements BackupPart {

        /** Keeps a list of its own. */
        public Started {
            tablespaces = List.copyOf(tablespaces);
        }
    }

    /**
     * Describes a folder of the server's.
     *
     * @param oid the tablespace; null for the base folder
     * @param location its path at the server; null for the base folder
     * @param kilobytes about how much there is; null unless progress was asked for
     */
    record Tablespace(
            @Nullable Integer oid,
            @Nullable String location,
            @Nullable Long kilobytes) {}

    /**
     * An archive begins. Both names are the server's word: data, not paths to be trusted.
     *
     * @param fileName such as {@code base.tar}
     * @param location the tablespace's path at the server; empty for the base folder
     */
    record Archive(String fileName, String location) implements BackupPart {}

    /** The manifest begins. */
    record Manifest() implements BackupPart {}

    /**
     * Bytes of the archive, or of the manifest, that has begun last. Archives of servers before PostgreSQL 15 lack the two blocks of zeros that
     * end a tar file.
     *
     * @param data the subscriber's; they lie on the heap and need no release
     */
    record Data(ByteBuf data) implements BackupPart {}

    /**
     * How far the backup is, if that was asked for (PostgreSQL 15).
     *
     * @param bytesDone of the tablespace that is being sent
     */
    record Progress(long bytesDone) implements BackupPart {}

    /**
     * The backup is complete.
     *
     * @param end how far the log must be there for recovery from this backup
     * @param timeline the server's timeline there
     */
    record Finished(Lsn end, long timeline) implements BackupPart {}
}
