// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceTest {

    @TempDir
    Path temporary;

    @Test
    @DisplayName("a cached folder is made once, however many ask at the same time")
    void madeOnce() throws Exception {
        Workspace workspace = Workspace.open(temporary.resolve("w"));
        AtomicInteger made = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<Path>> answers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            answers.add(threads.submit(() -> workspace.cached("x", folder -> {
                made.incrementAndGet();
                Files.writeString(folder.resolve("content"), "whole");
            })));
        }
        for (Future<Path> answer : answers) {
            assertThat(answer.get(20, TimeUnit.SECONDS).resolve("content")).hasContent("whole");
        }
        threads.shutdown();
        assertThat(made).hasValue(1);
    }

    @Test
    @DisplayName("a folder whose maker failed, or died half way, is made anew")
    void halfMade() throws Exception {
        Workspace workspace = Workspace.open(temporary.resolve("w"));
        assertThatThrownBy(() -> workspace.cached("x", folder -> {
                    Files.writeString(folder.resolve("rubbish"), "half");
                    throw new IOException("out of luck");
                }))
                .hasMessage("out of luck");

        Path folder = workspace.cached("x", made -> Files.writeString(made.resolve("content"), "whole"));

        assertThat(folder.resolve("content")).exists();
        assertThat(folder.resolve("rubbish")).doesNotExist();
    }

    @Test
    @DisplayName("what a dead JVM left is deleted by the next one, what a living one uses is not")
    void leftovers() throws Exception {
        Path root = temporary.resolve("w");
        Path clusters = Workspace.open(root).resolve("c");
        Path dead = Folders.create(clusters.resolve("dead"));
        Files.writeString(dead.resolve("file"), "left");
        Files.createFile(clusters.resolve("dead.lock"));
        Workspace.Lease living = Workspace.open(root).lease();
        assertThat(dead).doesNotExist();
        assertThat(clusters.resolve("dead.lock")).doesNotExist();

        assertThat(Workspace.open(root)).isNotNull();

        assertThat(living.folder()).isDirectory();
        living.close();
        assertThat(clusters).isEmptyDirectory();
    }

    @Test
    @DisplayName("leased folders are all different, and readable for whom the server runs as")
    void leases() throws Exception {
        Workspace workspace = Workspace.open(temporary.resolve("w"));
        try (Workspace.Lease one = workspace.lease();
                Workspace.Lease two = workspace.lease()) {
            assertThat(one.folder()).isNotEqualTo(two.folder());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(two.folder())))
                    .isEqualTo("rwxr-xr-x");
        }
    }

    @Test
    @DisplayName("a workspace that is a link is not trusted: somebody else may have laid it")
    void planted() throws IOException {
        Path elsewhere = Folders.create(temporary.resolve("elsewhere"));
        Path link = Files.createSymbolicLink(temporary.resolve("w"), elsewhere);

        assertThatThrownBy(() -> Workspace.open(link)).hasMessageContaining("belongs to somebody else");
    }
}
