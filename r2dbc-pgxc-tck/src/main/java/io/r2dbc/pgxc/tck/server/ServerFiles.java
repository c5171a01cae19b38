// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The files by which a server is configured: {@code postgresql.conf}, {@code pg_hba.conf}, and what they refer to.
 */
final class ServerFiles {

    /** Quick and forgetful, and able to do everything that a test may ask for. */
    private static final Map<String, String> SETTINGS = Map.ofEntries(
            Map.entry("listen_addresses", "127.0.0.1"),
            Map.entry("max_connections", "300"),
            Map.entry("shared_buffers", "64MB"),
            Map.entry("fsync", "off"),
            Map.entry("full_page_writes", "off"),
            Map.entry("wal_level", "logical"),
            Map.entry("max_wal_senders", "20"),
            Map.entry("max_replication_slots", "20"),
            Map.entry("max_prepared_transactions", "64"),
            Map.entry("wal_keep_size", "64MB"),
            Map.entry("timezone", "UTC"),
            Map.entry("log_timezone", "UTC"),
            Map.entry("lc_messages", "C"));

    private static final List<String> TRUST = List.of(
            "local all all trust",
            "host all all 127.0.0.1/32 trust",
            "local replication all trust",
            "host replication all 127.0.0.1/32 trust");

    private final Path data;
    private final Account account;
    private final Map<String, String> settings;
    private final List<String> hba;

    ServerFiles(Path data, Account account) {
        this(data, account, SETTINGS, List.of());
    }

    private ServerFiles(Path data, Account account, Map<String, String> settings, List<String> hba) {
        this.data = data;
        this.account = account;
        this.settings = new LinkedHashMap<>(settings);
        this.hba = new ArrayList<>(hba);
    }

    /** The same configuration for a copy of the data. */
    ServerFiles movedTo(Path otherData) {
        return new ServerFiles(otherData, account, settings, hba);
    }

    void set(String name, String value) {
        settings.put(name, value);
    }

    /** Rules that come before those that trust everybody. */
    void prepend(List<String> lines) {
        hba.addAll(0, lines);
    }

    void write() throws IOException {
        put(
                "postgresql.conf",
                settings.entrySet().stream()
                        .map(setting ->
                                setting.getKey() + " = '" + setting.getValue().replace("'", "''") + "'")
                        .collect(Collectors.joining("\n", "", "\n")));
        List<String> rules = new ArrayList<>(hba);
        rules.addAll(TRUST);
        put("pg_hba.conf", String.join("\n", rules) + "\n");
    }

    /** Writes a file into the data folder, so that the server may read it and nobody else; it is there whole or not at all. */
    void put(String name, String content) throws IOException {
        Path file = Files.createTempFile(data, name, ".new");
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        account.own(file);
        // a server that waits for it may take it away the moment it is seen
        Files.move(file, data.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
