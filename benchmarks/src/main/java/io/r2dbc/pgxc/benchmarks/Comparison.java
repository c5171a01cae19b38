// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks;

import io.r2dbc.pgxc.benchmarks.load.Expectations;
import io.r2dbc.pgxc.benchmarks.load.Figures;
import io.r2dbc.pgxc.benchmarks.load.Trial;
import io.r2dbc.pgxc.benchmarks.load.Work;
import io.r2dbc.pgxc.benchmarks.peers.Address;
import io.r2dbc.pgxc.benchmarks.peers.Peer;
import io.r2dbc.pgxc.tck.server.Cluster;
import io.r2dbc.pgxc.tck.server.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The whole comparison: starts a server, runs the trials in turns, and writes down what came of them. */
@Command(
        name = "comparison",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description =
                "Compares r2dbc-pgxc with its peers, each driver and round in a JVM of its own, against a server of"
                        + " its own.")
public final class Comparison implements Callable<Integer> {

    @Option(
            names = "--works",
            split = ",",
            description = "What to compare: ${COMPLETION-CANDIDATES}; all, if left out.")
    private List<Work> works = List.of(Work.values());

    @Option(
            names = "--drivers",
            split = ",",
            description = "Whom to compare: ${COMPLETION-CANDIDATES}; all, if left out.")
    private List<Peer> peers = List.of(Peer.values());

    @Option(names = "--rounds", description = "How many times each driver does each work.")
    private int rounds = 3;

    @Option(names = "--warm-up", description = "Seconds before a trial is measured.")
    private int warmUp = 15;

    @Option(names = "--period", description = "Seconds that a trial is measured.")
    private int period = 5;

    @Option(
            names = "--no-pin",
            description = "Leaves client and server on all processors, also where a work asks for one.")
    private boolean free;

    @Option(
            names = "--jvm",
            split = " ",
            description = "More options for the virtual machines, with blanks between them.")
    private List<String> options = List.of();

    @Option(
            names = "--libraries",
            required = true,
            description = "File with the class path of the driver that has its own.")
    private Path libraries = Path.of("");

    @Option(names = "--out", description = "Where comparison.md, comparison.json and comparison.svg go.")
    private Path folder = Path.of("target");

    /** See {@code --help}. */
    public static void main(String[] arguments) {
        System.exit(command(new Comparison()).execute(arguments));
    }

    /** The build says where results go; what is said behind it counts. */
    static CommandLine command(Comparison comparison) {
        return new CommandLine(comparison)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOverwrittenOptionsAllowed(true);
    }

    @Override
    public Integer call() throws Exception {
        Fork fork = new Fork(Files.readString(libraries).strip(), options, !free);
        try (Cluster server = server()) {
            ServerData data = new ServerData(server.endpoint().jdbcUrl());
            Expectations expectations = data.create();
            List<Outcome> outcomes = new ArrayList<>();
            for (Work work : works) {
                compare(work, server, data, expectations, fork, outcomes);
                write(new Report(setting(data.version()), outcomes), new Picture(setting(data.version()), outcomes));
            }
        }
        return 0;
    }

    /** Commits must not wait for a disk: it is drivers that are compared. */
    static Cluster server() {
        return Cluster.create()
                .configure("fsync", "off")
                .configure("synchronous_commit", "off")
                .configure("autovacuum", "off")
                .configure("shared_buffers", "512MB")
                .configure("max_wal_size", "4GB")
                .authenticate(ServerData.USER, "scram-sha-256")
                .start();
    }

    private void compare(
            Work work, Cluster server, ServerData data, Expectations expectations, Fork fork, List<Outcome> outcomes)
            throws IOException, InterruptedException, SQLException {
        List<Peer> turns = new ArrayList<>(peers.stream().filter(work::suits).toList());
        for (int round = 1; round <= rounds; round++) {
            for (Peer peer : turns) {
                data.cleanUp();
                Trial trial = new Trial(
                        peer,
                        work,
                        address(server.endpoint(), work),
                        server.pid(),
                        expectations,
                        Duration.ofSeconds(warmUp),
                        Duration.ofSeconds(period));
                Outcome outcome = fork.run(trial, round);
                outcomes.add(outcome);
                System.out.println(said(outcome));
            }
            Collections.rotate(turns, -1);
        }
    }

    static Address address(Endpoint server, Work work) {
        return work.authenticates()
                ? new Address(server.host(), server.port(), server.database(), ServerData.USER, ServerData.PASSWORD)
                : new Address(server.host(), server.port(), server.database(), server.user(), server.password());
    }

    private static String said(Outcome outcome) {
        Figures figures = outcome.figures();
        String what =
                String.format(Locale.ROOT, "%-5s %-5s round %d: ", outcome.work(), outcome.peer(), outcome.round());
        return figures == null
                ? what + outcome.failure()
                : what
                        + String.format(
                                Locale.ROOT,
                                "%,12.0f/s %10.2f us CPU %8.2f us server %10.0f B heap %.0f direct %.0f resident %.0f"
                                        + " MiB, p50 %.0f p99 %.0f us",
                                figures.rate(),
                                figures.cpuMicros(),
                                figures.serverCpuMicros(),
                                figures.bytes(),
                                figures.heapMiB(),
                                figures.directMiB(),
                                figures.residentMiB(),
                                figures.p50Micros(),
                                figures.p99Micros());
    }

    private Setting setting(String server) {
        return new Setting(
                LocalDate.now(ZoneOffset.UTC).toString(),
                Machine.processors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.version"),
                server,
                warmUp,
                period,
                rounds);
    }

    private void write(Report report, Picture picture) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("comparison.md"), report.markdown());
        Files.writeString(folder.resolve("comparison.json"), report.json());
        Files.writeString(folder.resolve("comparison.svg"), picture.svg());
    }
}
