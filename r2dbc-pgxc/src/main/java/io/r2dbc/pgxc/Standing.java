// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.replication.StandbyMessage.StatusUpdate;
import io.r2dbc.pgxc.value.Lsn;
import java.time.Instant;

/**
 * How far the application says it is with a stream. A position never goes back. Any thread.
 *
 * <p>Nothing is added to what the application has said: the server discards its log up to the flushed position (S3.15).
 */
final class Standing {

    private Lsn written = new Lsn(0);
    private Lsn flushed = new Lsn(0);
    private Lsn applied = new Lsn(0);

    synchronized void acknowledge(Lsn nowWritten, Lsn nowFlushed, Lsn nowApplied) {
        written = later(written, nowWritten);
        flushed = later(flushed, nowFlushed);
        applied = later(applied, nowApplied);
    }

    private static Lsn later(Lsn one, Lsn other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    synchronized Lsn flushed() {
        return flushed;
    }

    synchronized StatusUpdate update(boolean replyRequested) {
        return new StatusUpdate(written, flushed, applied, Instant.now(), replyRequested);
    }
}
