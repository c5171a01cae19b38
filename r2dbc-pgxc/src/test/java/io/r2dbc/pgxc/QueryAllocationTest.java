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
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Sinks;

/** Measures on the event loop's thread what a query of one row costs besides its values, from createStatement() to its end. */
@DisplayName("a query's way from createStatement() to onComplete")
class QueryAllocationTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String SQL = "select id, balance from account where id = $1";

    private static final int WARM_UP = 20_000;
    private static final int QUERIES = 10_000;

    /** Two texts, the bound number and this test's subscriber are 130 of them. */
    private static final double MOST = 1_040;

    @Test
    @DisplayName("allocates less than 1,040 bytes")
    void costsLittle() {
        Octets answer = Octets.join(
                bindComplete(), rowOf(Octets.of("0001e240"), Octets.of("0001e241")), complete("SELECT 1"), ready());
        try (ScriptedServer server = ScriptedServer.start(script -> {
            script.startup().expect("P D B E S");
            script.send(prepared(column("id", PgType.TEXT.oid()), column("balance", PgType.TEXT.oid())), answer);
            for (int i = 1; i < WARM_UP + QUERIES; i++) {
                script.expect("B E S").send(answer);
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
            Sequence sequence = new Sequence(connection);
            sequence.next();
            Long bytes = sequence.outcome.asMono().block(LIMIT);
            connection.close().block(LIMIT);
            assertThat(bytes).isNotNull();
            double each = (double) bytes / QUERIES;
            System.out.printf("[hot path] a query of one row: %.0f bytes%n", each);
            assertThat(each).isLessThan(MOST);
        }
    }

    /** Runs one query after the other, the next when the last has ended. */
    private static final class Sequence implements CoreSubscriber<PgxcResult> {

        private final PgxcConnection connection;
        private final Sinks.One<Long> outcome = Sinks.one();
        private long start;
        private int count;

        Sequence(PgxcConnection connection) {
            this.connection = connection;
        }

        void next() {
            connection.createStatement(SQL).bind(0, count + 1_000).execute().subscribe(this);
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
            if (count == WARM_UP) {
                start = THREADS.getCurrentThreadAllocatedBytes();
            }
            if (count == WARM_UP + QUERIES) {
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
