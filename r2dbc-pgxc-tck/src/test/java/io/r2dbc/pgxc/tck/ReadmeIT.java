// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.tck.server.TestServer;
import io.r2dbc.pgxc.testing.Readme;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("README.md's example")
@Timeout(30)
final class ReadmeIT {

    private static final String ADDRESS = "r2dbc:pgxc://postgres:secret@localhost:5432/postgres";

    private static String url;

    @BeforeAll
    static void start() {
        url = TestServer.shared().r2dbcUrl();
    }

    @Test
    @DisplayName("prints what the README says: a query, a stream, a transaction and LISTEN")
    void prints(@TempDir Path folder) throws IOException, ReflectiveOperationException {
        String example = Readme.read().snippets().get(0);
        assertThat(example).contains(ADDRESS);

        String printed = run(example.replace(ADDRESS, url), folder);

        assertThat(printed.lines()).containsExactly("Hello, world", "Row 1000000", "It is committed.");
    }

    private static String run(String source, Path folder) throws IOException, ReflectiveOperationException {
        String name = Readme.compile(source, folder);
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            loader.loadClass(name).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
