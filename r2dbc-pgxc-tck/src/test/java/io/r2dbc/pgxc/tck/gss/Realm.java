// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.gss;

import io.r2dbc.pgxc.tck.LocalPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A Kerberos of its own, on loopback, that knows {@code alice} and a server on {@code localhost}. */
final class Realm implements AutoCloseable {

    static final String ALICE = "alice@PGXC.TEST";
    private static final String SERVER = "postgres/localhost@PGXC.TEST";

    private static final Path PROGRAMS = Path.of("/usr/sbin");

    private final Path folder;
    private final int port;
    private final Map<String, String> environment;
    private final Process process;

    private Realm() throws IOException {
        folder = Files.createTempDirectory("pgxc-realm");
        port = LocalPort.free();
        environment = Map.of(
                "KRB5_CONFIG", configuration().toString(),
                "KRB5_KDC_PROFILE", folder.resolve("kdc.conf").toString());
        write("krb5.conf", """
            [libdefaults]
             default_realm = PGXC.TEST
             dns_lookup_realm = false
             dns_lookup_kdc = false
             dns_canonicalize_hostname = false
             rdns = false
             udp_preference_limit = 1
            [realms]
             PGXC.TEST = {
              kdc = 127.0.0.1:%d
             }
            [domain_realm]
             localhost = PGXC.TEST
            """.formatted(port));
        write("kdc.conf", """
            [kdcdefaults]
             kdc_listen = ""
             kdc_tcp_listen = 127.0.0.1:%1$d
            [realms]
             PGXC.TEST = {
              database_name = %2$s/principal
              key_stash_file = %2$s/stash
             }
            """.formatted(port, folder));
        run("kdb5_util", "create", "-s", "-r", "PGXC.TEST", "-P", "master");
        for (String principal : List.of(ALICE, SERVER)) {
            run("kadmin.local", "-r", "PGXC.TEST", "-q", "addprinc -randkey " + principal);
            run("kadmin.local", "-r", "PGXC.TEST", "-q", "ktadd -k " + keytab(principal) + " " + principal);
        }
        process = command("krb5kdc", "-n", "-r", "PGXC.TEST").start();
        awaitStart();
    }

    /** Whether the programs are there. */
    static boolean isInstalled() {
        return Stream.of("krb5kdc", "kdb5_util", "kadmin.local")
                .allMatch(program -> Files.isExecutable(PROGRAMS.resolve(program)));
    }

    static Realm open() {
        try {
            return new Realm();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path configuration() {
        return folder.resolve("krb5.conf");
    }

    Path serverKeytab() {
        return keytab(SERVER);
    }

    Path keytab(String principal) {
        return folder.resolve(principal.substring(0, principal.indexOf('@')).replace('/', '-') + ".keytab");
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }

    private ProcessBuilder command(String program, String... arguments) {
        List<String> words = new ArrayList<>(List.of(PROGRAMS.resolve(program).toString()));
        words.addAll(List.of(arguments));
        ProcessBuilder command = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output().toFile()));
        command.environment().putAll(environment);
        return command;
    }

    private Path output() {
        return folder.resolve("output");
    }

    private void run(String program, String... arguments) throws IOException {
        Process running = command(program, arguments).start();
        try {
            if (!running.waitFor(30, TimeUnit.SECONDS) || running.exitValue() != 0) {
                throw new IOException(program + " failed: " + Files.readString(output()));
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private void awaitStart() throws IOException {
        if (!LocalPort.opens(port, process)) {
            String said = Files.readString(output());
            close();
            throw new IOException("Kerberos did not start: " + said);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try (Stream<Path> files = Files.walk(folder)) {
            process.waitFor(10, TimeUnit.SECONDS);
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
