// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a server has logged, over all its runs.
 */
record ServerLog(Path file) {

    String text() {
        return since(0);
    }

    /** What came after a point that {@link #length} named. */
    String since(int point) {
        try {
            return Files.exists(file) ? Files.readString(file).substring(point) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int length() {
        return text().length();
    }

    void await(int point, String line, Duration limit) {
        Patience.await(limit, () -> since(point).contains(line), () -> "not in the log: " + line + "\n" + text());
    }
}
