// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A version of PostgreSQL that can be started here: its programs, an empty data folder to copy, and whom it runs as.
 */
record Distribution(Binaries binaries, Path template, Workspace workspace, Account account) {

    /** The property that chooses a major version. */
    static final String VERSION = "pgxc.test.pgVersion";

    private static final int STANDARD = 18;

    /** The same on every machine, and small enough to be copied for every test: a WAL segment is there from the start. */
    private static final List<String> INITDB_OPTIONS = List.of(
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
            "--wal-segsize=4",
            "--no-sync",
            "--no-instructions");

    /** The one that the property chooses; without it, 18 or whatever the class path brings. */
    static Distribution chosen() {
        return prepared(Integer.getInteger(VERSION));
    }

    static Distribution of(int major) {
        return prepared(major);
    }

    /** The one that somebody has installed in that folder. */
    static Distribution installed(Path home) {
        try {
            Workspace workspace = Workspace.open();
            return prepared(Binaries.installed(home), workspace, workspace.account());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int chosenMajor() {
        return Integer.getInteger(VERSION, STANDARD);
    }

    private static Distribution prepared(@Nullable Integer major) {
        try {
            Workspace workspace = Workspace.open();
            return prepared(major, workspace, workspace.account());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Distribution prepared(@Nullable Integer major, Workspace workspace, Account account) throws IOException {
        Binaries binaries = Binaries.of(major == null ? STANDARD : major, workspace);
        Distribution prepared = prepared(binaries, workspace, account);
        String version =
                Files.readString(prepared.template.resolve("PG_VERSION")).trim();
        if (major != null && !version.equals(major.toString())) {
            throw new IllegalStateException("PostgreSQL " + major + " is wanted, " + version
                    + " is on the class path: name the jar of the other with -Dpgxc.test.binaries." + major);
        }
        return prepared;
    }

    private static Distribution prepared(Binaries binaries, Workspace workspace, Account account) throws IOException {
        String name = "t-" + binaries.key() + "-" + Integer.toHexString(INITDB_OPTIONS.hashCode());
        Path template = workspace.cached(name, folder -> {
            account.own(folder);
            List<String> command = new ArrayList<>(List.of(binaries.program("initdb"), "--pgdata=" + folder));
            command.addAll(INITDB_OPTIONS);
            Programs.run(account.command(command));
        });
        return new Distribution(binaries, template, workspace, account);
    }

    List<String> server(Path data) {
        return account.command(List.of(binaries.program("postgres"), "-D", data.toString()));
    }
}
