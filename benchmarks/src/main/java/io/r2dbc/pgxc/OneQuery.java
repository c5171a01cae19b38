// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static io.r2dbc.pgxc.testing.ServerMessages.rowOf;

import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.wire.Octets;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * What does a query of one row cost from createStatement() to its end, where no kernel takes part? The whole driver works, from the
 * statement to the messages and back; the socket is Netty's embedded channel.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class OneQuery {

    private static final int IN_FLIGHT = 64;
    private static final String SQL = "SELECT id, balance FROM account WHERE id = $1";

    private final EmbeddedConnection connection = EmbeddedConnection.open();
    private final Octets answer =
            Octets.join(bindComplete(), rowOf(Octets.of("123456"), Octets.of("7")), complete("SELECT 1"), ready());
    private final Octets answers = Octets.join(Collections.nCopies(IN_FLIGHT, answer));
    private int key;

    /** Has the statement prepared. */
    @Setup
    public void prepare() {
        Reader reader = ask();
        connection.server().flushedPieces();
        connection
                .server()
                .hears(Octets.join(
                        parseComplete(),
                        parameterTypes(PgType.INT4.oid()),
                        rowDescription(column("id", PgType.INT4.oid()), column("balance", PgType.INT4.oid())),
                        answer));
        reader.verify();
    }

    /** Closes the channel. */
    @TearDown
    public void close() {
        connection.close();
    }

    /** One query, and its answer. */
    @Benchmark
    public void sequential(Blackhole values) {
        Reader reader = ask();
        connection.server().flushedPieces();
        connection.server().hears(answer);
        values.consume(reader.verify());
    }

    /** Many queries in one write, and their answers in one read. */
    @Benchmark
    @OperationsPerInvocation(IN_FLIGHT)
    public void pipelined(Blackhole values) {
        Reader last = ask();
        for (int i = 1; i < IN_FLIGHT; i++) {
            last = ask();
        }
        connection.server().flushedPieces();
        connection.server().hears(answers);
        values.consume(last.verify());
    }

    private Reader ask() {
        Reader reader = new Reader();
        connection.connection().createStatement(SQL).bind(0, ++key).execute().subscribe(reader);
        return reader;
    }

    /** Reads the only result's only row. */
    private static final class Reader implements CoreSubscriber<PgxcResult> {

        private long sum;
        private boolean ended;

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(PgxcResult result) {
            result.map(row -> row.get(0, Integer.class)).subscribe(new Values());
        }

        @Override
        public void onError(Throwable cause) {
            throw new IllegalStateException(cause);
        }

        @Override
        public void onComplete() {
            ended = true;
        }

        long verify() {
            if (!ended || sum == 0) {
                throw new IllegalStateException("The query has not been answered");
            }
            return sum;
        }

        private final class Values implements CoreSubscriber<Integer> {

            @Override
            public void onSubscribe(Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(Integer value) {
                sum += value;
            }

            @Override
            public void onError(Throwable cause) {
                throw new IllegalStateException(cause);
            }

            @Override
            public void onComplete() {
                // its row is all that is wanted
            }
        }
    }
}
