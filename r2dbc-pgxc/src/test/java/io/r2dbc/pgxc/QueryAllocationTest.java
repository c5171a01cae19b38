// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.rowOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.Readable;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Collections;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Sinks;

/** Measures on the event loop's thread what an execution costs besides its values, from createStatement() to its end. */
@DisplayName("a statement's way from createStatement() to onComplete")
class QueryAllocationTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String SELECT = "select id, balance from account where id = $1";
    private static final String INSERT = "insert into account values ($1)";

    private static final int WARM_UP = 20_000;
    private static final int QUERIES = 10_000;
    private static final int BATCH = 50;

    /** Two texts, the bound number and this test's subscriber are 130 of them. */
    private static final double MOST = 1_000;

    /** The bound number and this test's subscriber are 32 of them. */
    private static final double MOST_OF_A_BINDING = 320;

    @Test
    @DisplayName("allocates less than 1,000 bytes for a query of one row")
    void costsLittle() {
        Octets answer = Octets.join(
                bindComplete(), rowOf(Octets.of("0001e240"), Octets.of("0001e241")), complete("SELECT 1"), ready());
        double each = measured(
                prepared(column("id", PgType.TEXT.oid()), column("balance", PgType.TEXT.oid())),
                "B E S",
                answer,
                WARM_UP,
                QUERIES,
                connection -> connection.createStatement(SELECT).bind(0, 123_456));
        System.out.printf("[hot path] a query of one row: %.0f bytes%n", each);
        assertThat(each).isLessThan(MOST);
    }

    @Test
    @DisplayName("allocates less than 320 bytes for each binding of a batch")
    void costsLittleInABatch() {
        Octets answers = Octets.join(Collections.nCopies(BATCH, Octets.join(bindComplete(), complete("INSERT 0 1"))));
        double each = measured(
                        prepared(),
                        "B E ".repeat(BATCH) + "S",
                        Octets.join(answers, ready()),
                        WARM_UP / BATCH,
                        QUERIES / BATCH,
                        QueryAllocationTest::batch)
                / BATCH;
        System.out.printf("[hot path] a binding of a batch: %.0f bytes%n", each);
        assertThat(each).isLessThan(MOST_OF_A_BINDING);
    }

    private static PgxcStatement batch(PgxcConnection connection) {
        PgxcStatement statement = connection.createStatement(INSERT);
        for (int i = 0; i < BATCH; i++) {
            if (i > 0) {
                statement.add();
            }
            statement.bind(0, 123_456);
        }
        return statement;
    }

    /** Bytes per execution. */
    private static double measured(
            Octets described,
            String said,
            Octets answer,
            int warmUp,
            int measured,
            Function<PgxcConnection, PgxcStatement> statement) {
        try (ScriptedServer server = ScriptedServer.start(script -> {
            script.startup().expect("P D " + said);
            script.send(described, answer);
            for (int i = 1; i < warmUp + measured; i++) {
                script.expect(said).send(answer);
            }
            script.expectEnd();
        })) {
            PgxcConnection connection = new PgxcConnectionFactory(PgxcConfiguration.builder()
                            .host(server.host())
                            .port(server.port())
                            .user("somebody")
                            .build())
                    .create()
                    .block(LIMIT);
            assertThat(connection).isNotNull();
            Sequence sequence = new Sequence(() -> statement.apply(connection), warmUp, measured);
            sequence.next();
            Long bytes = sequence.outcome.asMono().block(LIMIT);
            connection.close().block(LIMIT);
            assertThat(bytes).isNotNull();
            return (double) bytes / measured;
        }
    }

    /** Runs one statement after the other, the next when the last has ended. */
    private static final class Sequence implements CoreSubscriber<PgxcResult> {

        private final Supplier<PgxcStatement> statement;
        private final int warmUp;
        private final int measured;
        private final Sinks.One<Long> outcome = Sinks.one();
        private long start;
        private int count;

        Sequence(Supplier<PgxcStatement> statement, int warmUp, int measured) {
            this.statement = statement;
            this.warmUp = warmUp;
            this.measured = measured;
        }

        void next() {
            statement.get().execute().subscribe(this);
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(PgxcResult result) {
            result.map(Sequence::read).subscribe(new Drain());
        }

        private static Object read(Readable row) {
            String id = row.get(0, String.class);
            row.get(1, String.class);
            return String.valueOf(id);
        }

        @Override
        public void onError(Throwable error) {
            outcome.tryEmitError(error).orThrow();
        }

        @Override
        public void onComplete() {
            count++;
            if (count == warmUp) {
                start = THREADS.getCurrentThreadAllocatedBytes();
            }
            if (count == warmUp + measured) {
                outcome.tryEmitValue(THREADS.getCurrentThreadAllocatedBytes() - start)
                        .orThrow();
            } else {
                next();
            }
        }
    }

    /** Wants all rows and does nothing with them. */
    private static final class Drain implements CoreSubscriber<Object> {

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Object element) {}

        @Override
        public void onError(Throwable error) {
            throw new IllegalStateException(error);
        }

        @Override
        public void onComplete() {}
    }
}
