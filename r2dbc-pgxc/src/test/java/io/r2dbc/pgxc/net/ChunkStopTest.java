// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.testing.ServerMessages.TEXT;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.closeComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static io.r2dbc.pgxc.testing.ServerMessages.suspended;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.EmbeddedConnection;
import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.pgxc.wire.TransactionStatus;
import io.r2dbc.spi.R2dbcTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A time limit and a cancel reach whichever chunk of a result is under way, or comes next; inside a transaction. */
@ExtendWith(StandingAsserts.class)
final class ChunkStopTest {

    private static final String SLOW = "SELECT a FROM slow";
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration GRACE = Duration.ofMillis(100);

    private static final Octets OPEN = ready(TransactionStatus.IN_TRANSACTION);
    private static final Octets CHUNK_ENDS = Octets.join(suspended(), OPEN);
    private static final Octets PREPARED =
            Octets.join(parseComplete(), parameterTypes(), rowDescription(column("a", TEXT)), bindComplete());

    /** BEGIN, and the first chunk of the portal that came with it. */
    private static final Octets FIRST_CHUNK =
            Octets.join(parseComplete(), bindComplete(), complete("BEGIN"), PREPARED, row("1"), row("2"), CHUNK_ENDS);

    private static final Octets OTHER = Octets.join(PREPARED, row("x"), complete("SELECT 1"), OPEN);
    private static final Octets STOPPED =
            Octets.join(error("57014", "canceling statement due to user request"), ready(TransactionStatus.FAILED));

    private final EmbeddedConnection client = EmbeddedConnection.open(
            PgxcConfiguration.builder().cancelGrace(GRACE).pipelineLimit(2).build());
    private final EmbeddedSession server = client.server();

    @AfterEach
    void close() {
        client.close();
    }

    private Heard chunked(long demand) {
        Heard.of(client.connection().beginTransaction());
        Heard chunked = Heard.of(
                Heard.rows(client.connection()
                        .createStatement(SLOW)
                        .fetchSize(2)
                        .timeout(LIMIT)
                        .execute()),
                demand);
        assertThat(server.saidTypes()).isEqualTo("P B E P D B E S");
        return chunked;
    }

    /** Its first chunk has been read, and the server is busy with the next one. */
    private Heard withSecondChunkUnderWay() {
        Heard chunked = chunked(Long.MAX_VALUE);
        server.hears(FIRST_CHUNK);
        assertThat(server.saidTypes()).isEqualTo("E S");
        return chunked;
    }

    private Heard other() {
        return Heard.of(
                Heard.rows(client.connection().createStatement("SELECT x").execute()));
    }

    private static void assertTimedOut(Heard chunked) {
        assertThat(chunked.isOver()).isTrue();
        assertThat(chunked.failure()).isInstanceOf(R2dbcTimeoutException.class).hasMessageContaining(SLOW);
    }

    @Test
    @DisplayName(
            "[X15, X14, X11] a later chunk that runs out of its time is stopped at the server, and its reader told")
    void limitStopsLaterChunk() {
        Heard chunked = withSecondChunkUnderWay();
        server.timePasses(LIMIT);
        assertTimedOut(chunked);
        assertThat(chunked.signals()).startsWith("1", "2").hasSize(3);
        server.timePasses(GRACE);
        assertThat(server.cancelRequests()).isOne();
        server.hears(STOPPED);
        Heard next = other();
        assertThat(server.saidTypes()).isEqualTo("C P D B E S");
        server.hears(Octets.join(closeComplete(), error("25P02", "aborted"), ready(TransactionStatus.FAILED)));
        assertThat(next.failure()).hasMessageContaining("aborted").cause().isInstanceOf(R2dbcTimeoutException.class);
    }

    @Test
    @DisplayName("[X15, X11] the limit holds while rows of an answered chunk wait for their reader; nothing is stopped")
    void limitBetweenChunks() {
        Heard chunked = chunked(1);
        Heard other = other();
        server.hears(FIRST_CHUNK);
        assertThat(server.saidTypes()).isEqualTo("P D B E S");
        server.hears(OTHER);
        assertThat(other.signals()).containsExactly("x", "complete");
        server.timePasses(LIMIT);
        assertTimedOut(chunked);
        server.timePasses(GRACE);
        assertThat(server.cancelRequests()).isZero();
        other();
        assertThat(server.saidTypes()).isEqualTo("C B E S");
    }

    @Test
    @DisplayName("[X15, X11] a chunk that runs out of its time in line is never asked for")
    void limitInLine() {
        Heard chunked = chunked(Long.MAX_VALUE);
        Heard first = other();
        Heard second = other();
        server.hears(FIRST_CHUNK);
        assertThat(server.saidTypes()).isEqualTo("P D B E S B E S");
        server.timePasses(LIMIT);
        assertTimedOut(chunked);
        server.hears(OTHER);
        server.hears(Octets.join(bindComplete(), row("y"), complete("SELECT 1"), OPEN));
        assertThat(first.signals()).containsExactly("x", "complete");
        assertThat(second.signals()).containsExactly("y", "complete");
        assertThat(server.saidTypes()).isEmpty();
        assertThat(server.cancelRequests()).isZero();
    }

    @Test
    @DisplayName("[X14, X11] a cancel reaches a later chunk: drained, or stopped when ROLLBACK is next")
    void cancelStopsLaterChunk() {
        Heard chunked = withSecondChunkUnderWay();
        chunked.cancel();
        server.timePasses(GRACE);
        assertThat(server.cancelRequests()).isZero();
        Heard rollback = Heard.of(client.connection().rollbackTransaction());
        assertThat(server.cancelRequests()).isOne();
        assertThat(server.saidTypes()).isEmpty();
        server.hears(STOPPED);
        assertThat(server.saidTypes()).isEqualTo("Q");
        server.hears(Octets.join(complete("ROLLBACK"), ready()));
        assertThat(rollback.signals()).containsExactly("complete");
        assertThat(chunked.signals()).containsExactly("1", "2");
    }

    @Test
    @DisplayName("[X14, X11] a chunk that has answered is not stopped any more, whatever is next")
    void answeredChunkIsNotStopped() {
        Heard chunked = withSecondChunkUnderWay();
        server.hears(complete("SELECT 0"));
        chunked.cancel();
        Heard.of(client.connection().rollbackTransaction());
        server.timePasses(GRACE.multipliedBy(2));
        assertThat(server.cancelRequests()).isZero();
        server.hears(OPEN);
        assertThat(server.saidTypes()).isEqualTo("Q");
    }
}
