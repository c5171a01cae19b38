// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Says how a base backup is to be made ({@code BASE_BACKUP}). Immutable; what is not said is left to the server.
 */
public final class BackupOptions {

    /** The options a server may know, in the order they are sent in. */
    public enum Option {
        /** A text by which the backup is found in the server's log and in {@code backup_label}. */
        LABEL(0),
        /** {@link BackupPart.Progress}, and sizes of tablespaces. */
        PROGRESS(0),
        /** How the checkpoint that begins the backup is made. */
        CHECKPOINT(0),
        /** Whether the log that recovery needs is part of the backup. */
        WAL(0),
        /** Whether to wait until that log has been archived. */
        WAIT(0),
        /** At most so many kilobytes in a second. */
        MAX_RATE(0),
        /** Whether symbolic links of tablespaces are described in a file {@code tablespace_map}. */
        TABLESPACE_MAP(0),
        /** Whether checksums of pages are verified. */
        VERIFY_CHECKSUMS(11),
        /** Whether there is a manifest. */
        MANIFEST(13),
        /** How files are summed up in it. */
        MANIFEST_CHECKSUMS(13),
        /** Where the backup goes. */
        TARGET(15),
        /** Where at the server it goes. */
        TARGET_DETAIL(15),
        /** How the server compresses archives. */
        COMPRESSION(15),
        /** How well. */
        COMPRESSION_DETAIL(15),
        /** Only what has changed since the backup whose manifest was uploaded. */
        INCREMENTAL(17);

        private final int since;

        Option(int since) {
            this.since = since;
        }

        /**
         * The first major version that knows it.
         *
         * @return 0 if every server with base backups does
         */
        public int since() {
            return since;
        }
    }

    /** How the checkpoint that begins a backup is made. */
    public enum Checkpoint {
        /** At once. */
        FAST,
        /** Over the time that {@code checkpoint_completion_target} says. */
        SPREAD
    }

    /** Where a backup goes. */
    public enum Target {
        /** To this client. */
        CLIENT,
        /** To a folder at the server. */
        SERVER,
        /** Nowhere. */
        BLACKHOLE
    }

    /** How a server compresses archives. */
    public enum Compression {
        /** By zlib. */
        GZIP,
        /** By LZ4. */
        LZ4,
        /** By Zstandard. */
        ZSTD
    }

    /** Whether there is a manifest. */
    public enum Manifest {
        /** There is. */
        YES,
        /** There is none. */
        NO,
        /** There is, with all file names in hexadecimal. */
        FORCE_ENCODE
    }

    /** How files are summed up in a manifest. */
    public enum Checksums {
        /** Not at all. */
        NONE,
        /** CRC-32C. */
        CRC32C,
        /** SHA-224. */
        SHA224,
        /** SHA-256. */
        SHA256,
        /** SHA-384. */
        SHA384,
        /** SHA-512. */
        SHA512
    }

    private static final int LEAST_RATE = 32;
    private static final int MOST_RATE = 1_048_576;
    private static final BackupOptions NONE = new BackupOptions(Map.of());

    private final Map<Option, Object> values;

    private BackupOptions(Map<Option, Object> values) {
        this.values = values;
    }

    /**
     * Nothing said.
     *
     * @return options to begin with
     */
    public static BackupOptions create() {
        return NONE;
    }

    private BackupOptions with(Option option, Object value) {
        Map<Option, Object> more = new EnumMap<>(Option.class);
        more.putAll(values);
        more.put(option, value);
        return new BackupOptions(Collections.unmodifiableMap(more));
    }

    /** An enum's constant as the server spells it. */
    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * What has been said.
     *
     * @return String, Boolean or Integer, in the order of sending
     */
    public Map<Option, Object> values() {
        return values;
    }

    /**
     * See {@link Option#LABEL}.
     *
     * @param text any
     * @return these options with it
     */
    public BackupOptions label(String text) {
        return with(Option.LABEL, text);
    }

    /**
     * See {@link Option#PROGRESS}.
     *
     * @return these options with it
     */
    public BackupOptions progress() {
        return with(Option.PROGRESS, true);
    }

    /**
     * See {@link Option#CHECKPOINT}.
     *
     * @param how the server's habit is spread
     * @return these options with it
     */
    public BackupOptions checkpoint(Checkpoint how) {
        return with(Option.CHECKPOINT, word(how));
    }

    /**
     * See {@link Option#WAL}.
     *
     * @return these options with it
     */
    public BackupOptions wal() {
        return with(Option.WAL, true);
    }

    /**
     * See {@link Option#WAIT}.
     *
     * @param whether the server's habit is to wait
     * @return these options with it
     */
    public BackupOptions waitForArchive(boolean whether) {
        return with(Option.WAIT, whether);
    }

    /**
     * See {@link Option#MAX_RATE}.
     *
     * @param kilobytes in a second: 0 for no limit, or 32 to 1048576
     * @return these options with it
     */
    public BackupOptions maxRate(int kilobytes) {
        if (kilobytes != 0 && (kilobytes < LEAST_RATE || kilobytes > MOST_RATE)) {
            throw new IllegalArgumentException(
                    "maxRate " + kilobytes + " is not 0 or one of " + LEAST_RATE + " to " + MOST_RATE);
        }
        return with(Option.MAX_RATE, kilobytes);
    }

    /**
     * See {@link Option#TABLESPACE_MAP}.
     *
     * @return these options with it
     */
    public BackupOptions tablespaceMap() {
        return with(Option.TABLESPACE_MAP, true);
    }

    /**
     * See {@link Option#VERIFY_CHECKSUMS}.
     *
     * @param whether the server's habit is to verify
     * @return these options with it
     */
    public BackupOptions verifyChecksums(boolean whether) {
        return with(Option.VERIFY_CHECKSUMS, whether);
    }

    /**
     * See {@link Option#MANIFEST}.
     *
     * @param whether the server's habit is that there is none
     * @return these options with it
     */
    public BackupOptions manifest(Manifest whether) {
        return with(Option.MANIFEST, word(whether));
    }

    /**
     * See {@link Option#MANIFEST_CHECKSUMS}.
     *
     * @param how the server's habit is CRC-32C
     * @return these options with it
     */
    public BackupOptions manifestChecksums(Checksums how) {
        return with(Option.MANIFEST_CHECKSUMS, how.name());
    }

    /**
     * See {@link Option#TARGET}.
     *
     * @param where the server's habit is to this client
     * @return these options with it
     */
    public BackupOptions target(Target where) {
        return with(Option.TARGET, word(where));
    }

    /**
     * See {@link Option#TARGET_DETAIL}.
     *
     * @param path a folder at the server
     * @return these options with it
     */
    public BackupOptions targetDetail(String path) {
        return with(Option.TARGET_DETAIL, path);
    }

    /**
     * See {@link Option#COMPRESSION}.
     *
     * @param how the server's habit is not to compress
     * @return these options with it
     */
    public BackupOptions compression(Compression how) {
        return with(Option.COMPRESSION, word(how));
    }

    /**
     * See {@link Option#COMPRESSION_DETAIL}.
     *
     * @param detail a level, or keywords and values
     * @return these options with it
     */
    public BackupOptions compressionDetail(String detail) {
        return with(Option.COMPRESSION_DETAIL, detail);
    }

    /**
     * See {@link Option#INCREMENTAL}.
     *
     * @return these options with it
     */
    public BackupOptions incremental() {
        return with(Option.INCREMENTAL, true);
    }

    @Override
    public String toString() {
        return "BackupOptions" + values;
    }
}
