// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.noData;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.EmbeddedConnection;
import io.r2dbc.pgxc.PgxcBatch;
import io.r2dbc.pgxc.PgxcResult;
import io.r2dbc.pgxc.PgxcStatement;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.Octets;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

/** However many results follow each other without a pause, the stack is as deep as for one: all of this runs in 256 KiB. */
@ExtendWith(StandingAsserts.class)
final class DeepChainTest {

    private static final int STACK = 256 << 10;
    private static final int MANY = 20_000;

    @Test
    @DisplayName("[C14] a batch of 20,000 statements, answered in one write")
    void batch() throws Throwable {
        inSmallStack(() -> {
            try (EmbeddedConnection client = EmbeddedConnection.open()) {
                PgxcBatch batch = client.connection().createBatch();
                for (int i = 0; i < MANY; i++) {
                    batch.add("UPDATE t");
                }
                Heard sum = Heard.of(
                        batch.execute().concatMap(PgxcResult::getRowsUpdated).reduce(0L, Long::sum));
                assertThat(client.server().said()).hasSize(2 + 2 * MANY + 1);
                Octets one = Octets.join(bindComplete(), complete("UPDATE 2"));
                client.server()
                        .hears(Octets.join(
                                parseComplete(),
                                parameterTypes(),
                                noData(),
                                Octets.join(Collections.nCopies(MANY, one)),
                                ready()));
                assertThat(sum.signals()).containsExactly(2 * MANY + "", "complete");
            }
        });
    }

    @Test
    @DisplayName("[C14] a statement with 20,000 bindings, answered in one write, its results flat-mapped")
    void bindings() throws Throwable {
        inSmallStack(() -> {
            try (EmbeddedConnection client = EmbeddedConnection.open()) {
                PgxcStatement statement = client.connection().createStatement("SELECT $1");
                for (int i = 0; i < MANY; i++) {
                    statement.bind("$1", i);
                    if (i < MANY - 1) {
                        statement.add();
                    }
                }
                Heard rows = Heard.of(statement
                        .execute()
                        .flatMap(result -> result.map((r, m) -> r.get(0, Integer.class)))
                        .count());
                assertThat(client.server().said()).hasSize(2 + 2 * MANY + 1);
                Octets one = Octets.join(bindComplete(), row("1"), complete("SELECT 1"));
                client.server()
                        .hears(Octets.join(
                                parseComplete(),
                                parameterTypes(INT4),
                                rowDescription(column("x", INT4)),
                                Octets.join(Collections.nCopies(MANY, one)),
                                ready()));
                assertThat(rows.signals()).containsExactly(MANY + "", "complete");
            }
        });
    }

    @Test
    @DisplayName("[C14] 10,000 queries one after the other, each sent by the end of the one before")
    void queries() throws Throwable {
        int queries = 10_000;
        inSmallStack(() -> {
            try (EmbeddedConnection client = EmbeddedConnection.open()) {
                Heard rows = Heard.of(Flux.range(0, queries)
                        .concatMap(i -> client.connection()
                                .createStatement("SELECT x")
                                .execute()
                                .concatMap(result -> result.map((r, m) -> r.get(0, Integer.class))))
                        .count());
                Octets parsed = Octets.join(parseComplete(), parameterTypes(), rowDescription(column("x", INT4)));
                Octets answer = Octets.join(bindComplete(), row("1"), complete("SELECT 1"), ready());
                assertThat(client.server().saidTypes()).isEqualTo("P D B E S");
                client.server().hears(parsed);
                for (int i = 0; i < queries; i++) {
                    client.server().hears(answer);
                    assertThat(client.server().said()).hasSize(i < queries - 1 ? 3 : 0);
                }
                assertThat(rows.signals()).containsExactly(queries + "", "complete");
            }
        });
    }

    @Test
    @DisplayName("[C14, X17] 20,000 transactions in which nothing is done, one after the other, without a byte")
    void emptyTransactions() throws Throwable {
        inSmallStack(() -> {
            try (EmbeddedConnection client = EmbeddedConnection.open()) {
                Heard all = Heard.of(Flux.range(0, MANY)
                        .concatMap(i -> client.connection()
                                .beginTransaction()
                                .then(client.connection().commitTransaction()))
                        .then());
                client.server().run();
                assertThat(all.signals()).containsExactly("complete");
                assertThat(client.server().said()).isEmpty();
            }
        });
    }

    @Test
    @DisplayName("[C14] a result of 100,000 rows set aside and then read in one go")
    void setAside() throws Throwable {
        inSmallStack(() -> {
            try (EmbeddedConnection client = EmbeddedConnection.open()) {
                AtomicReference<PgxcResult> held = new AtomicReference<>();
                client.connection().createStatement("SELECT x").execute().subscribe(held::set);
                client.server().said();
                client.server()
                        .hears(Octets.join(
                                parseComplete(),
                                parameterTypes(),
                                rowDescription(column("x", INT4)),
                                bindComplete(),
                                Octets.join(Collections.nCopies(100_000, row("1"))),
                                complete("SELECT 100000"),
                                ready()));
                Heard rows = Heard.of(held.get().map((r, m) -> 1).limitRate(10).count());
                client.server().run();
                assertThat(rows.signals()).containsExactly("100000", "complete");
            }
        });
    }

    private static void inSmallStack(Runnable test) throws Throwable {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(null, test, "small-stack", STACK);
        thread.setUncaughtExceptionHandler((dead, reason) -> failure.set(reason));
        thread.setDaemon(true);
        thread.start();
        thread.join(TimeUnit.SECONDS.toMillis(25));
        assertThat(thread.isAlive()).as("still running").isFalse();
        if (failure.get() != null) {
            throw failure.get();
        }
    }
}
