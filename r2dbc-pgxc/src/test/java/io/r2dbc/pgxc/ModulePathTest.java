// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs one small program on the module path; all other tests run on the class path. */
final class ModulePathTest {

    private static final Path PROGRAM = Path.of("src", "test", "module-path");

    /** What an application has on its path: any more, and split packages of test libraries would be in the way. */
    private static final Pattern DEPENDENCY = Pattern.compile(
            "(netty|reactor-core|reactor-netty|r2dbc-spi|reactive-streams|jspecify|saslprep|stringprep)-.*\\.jar");

    @Test
    @DisplayName("a named module finds the driver by its URL")
    void namedModuleFindsTheDriver(@TempDir Path compiled) throws Exception {
        String modules = modulePath();
        String javac = run(List.of(
                "javac",
                "-p",
                modules,
                "-d",
                compiled.toString(),
                PROGRAM.resolve("module-info.java").toString(),
                PROGRAM.resolve(Path.of("user", "pgxc", "Program.java")).toString()));
        assertThat(javac).isEmpty();

        String said = run(
                List.of("java", "-p", modules + File.pathSeparator + compiled, "-m", "user.pgxc/user.pgxc.Program"));
        assertThat(said).contains("PostgreSQL from module r2dbc.pgxc");
    }

    @Test
    @DisplayName("a runtime without GSSAPI, and with little else, runs the driver on its class path")
    void fewModules(@TempDir Path compiled) throws Exception {
        String classes = modulePath();
        run(List.of(
                "javac",
                "-cp",
                classes,
                "-d",
                compiled.toString(),
                PROGRAM.resolve(Path.of("user", "pgxc", "Program.java")).toString()));

        String said = run(List.of(
                "java",
                "--limit-modules",
                "java.base,java.logging,jdk.unsupported",
                "-cp",
                classes + File.pathSeparator + compiled,
                "user.pgxc.Program"));
        assertThat(said).contains("PostgreSQL from module null");
    }

    private static String modulePath() throws URISyntaxException {
        Path driver = Path.of(Require.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        // Surefire hands the class path over in a jar of its own and keeps the real one in a property
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Stream<String> dependencies = Arrays.stream(classPath.split(File.pathSeparator))
                .filter(entry -> DEPENDENCY
                        .matcher(Path.of(entry).getFileName().toString())
                        .matches());
        return Stream.concat(Stream.of(driver.toString()), dependencies)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>(command);
        whole.set(
                0,
                Path.of(System.getProperty("java.home"), "bin", command.get(0)).toString());
        Process process = new ProcessBuilder(whole).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as("%s said:%n%s", command.get(0), said).isZero();
        return said;
    }
}
