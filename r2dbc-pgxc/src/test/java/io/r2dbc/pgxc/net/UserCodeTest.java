// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.fatal;
import static io.r2dbc.pgxc.testing.ServerMessages.notice;
import static io.r2dbc.pgxc.testing.ServerMessages.notification;
import static io.r2dbc.pgxc.testing.ServerMessages.parameter;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.EmbeddedConnection;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcResult;
import io.r2dbc.pgxc.testing.DroppedSignals;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.pgxc.wire.TransactionStatus;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/** Whatever a user's functions and subscribers throw is theirs: the session stays open, and all others are served. */
@ExtendWith(StandingAsserts.class)
final class UserCodeTest {

    private static final Octets PARSED =
            Octets.join(parseComplete(), parameterTypes(), rowDescription(column("x", INT4)));

    private static final Octets BOUND =
            Octets.join(bindComplete(), row("1"), row("2"), row("3"), complete("SELECT 3"), ready());

    private static final Octets ROWS = Octets.join(PARSED, BOUND);

    private static final Octets FAILED = Octets.join(parseComplete(), error("22012", "by zero"), ready());

    private final EmbeddedConnection client = EmbeddedConnection.open();
    private final PgxcConnection connection = client.connection();

    @AfterEach
    void close() {
        client.close();
    }

    private static final class OwnError extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @ParameterizedTest(name = "[C12] in row {0}")
    @ValueSource(ints = {1, 2, 3})
    @DisplayName(
            "[C12, S8.38] a mapping function that throws: its error unchanged, the rest drained, the next statement served")
    void mappingFunctionThrows(int row) {
        assertServedBehind(rows -> rows.map((r, m) -> thrownIn(row, r.get(0, Integer.class))), "error OwnError");
        assertServedBehind(
                rows -> rows.filter(segment -> thrownIn(row, rowOf(segment)) > 0)
                        .map((r, m) -> r.get(0)),
                "error OwnError");
        assertServedBehind(rows -> rows.flatMap(segment -> Flux.just(thrownIn(row, rowOf(segment)))), "error OwnError");
        assertServedBehind(
                rows -> rows.flatMap(segment -> Flux.error(new OwnError())).cast(Object.class), "error OwnError");
    }

    private int rowOf(Result.Segment segment) {
        return segment instanceof Result.RowSegment row
                ? Integer.parseInt(String.valueOf(row.row().get(0)))
                : 9;
    }

    private static int thrownIn(int row, Integer value) {
        if (value == row) {
            throw new OwnError();
        }
        return value;
    }

    @Test
    @DisplayName("[C12] a mapping function that returns null: NullPointerException, the next statement served")
    void mappingFunctionReturnsNull() {
        assertServedBehind(rows -> rows.map((r, m) -> null), "error NullPointerException");
        assertServedBehind(rows -> rows.flatMap(segment -> null), "error NullPointerException");
    }

    @Test
    @DisplayName("[C12] a mapping function that throws an Error: the same")
    void mappingFunctionThrowsError() {
        assertServedBehind(
                rows -> rows.map((r, m) -> {
                    throw new AssertionError("own");
                }),
                "error AssertionError");
    }

    @Test
    @DisplayName("[C12] an error of the virtual machine in a mapping function ends the session, and all hear of it")
    void virtualMachineError() {
        Heard broken = Heard.of(connection
                .createStatement("SELECT x")
                .execute()
                .concatMap(result -> result.map((r, m) -> {
                    throw new StackOverflowError("own");
                })));
        Heard next = Heard.of(
                Heard.rows(connection.createStatement("SELECT x FROM y").execute()));
        client.server().run();
        client.server().hears(ROWS);
        assertThat(broken.signals()).containsExactly("error StackOverflowError");
        Outcomes.assertLost("next", next.failure(), "08006");
        client.server().said();
        Outcomes.assertClosed("closed", client);
    }

    @Test
    @DisplayName("[C12, X13] an error of the virtual machine over a row that was set aside: the same")
    void virtualMachineErrorLater() {
        List<PgxcResult> results = new ArrayList<>();
        connection.createStatement("SELECT x").execute().subscribe(results::add);
        Heard next = Heard.of(
                Heard.rows(connection.createStatement("SELECT x FROM y").execute()));
        client.server().run();
        client.server().hears(ROWS);
        Heard broken = Heard.of(
                results.get(0).map((r, m) -> {
                    throw new StackOverflowError("own");
                }),
                0);
        broken.request(1);
        client.server().run();
        assertThat(broken.signals()).containsExactly("error StackOverflowError");
        Outcomes.assertLost("next", next.failure(), "08006");
        client.server().said();
        Outcomes.assertClosed("closed", client);
    }

    private void assertServedBehind(Function<PgxcResult, Publisher<?>> reading, String end) {
        Heard broken = Heard.of(connection.createStatement("SELECT x").execute().concatMap(reading));
        Heard next = Heard.of(
                Heard.rows(connection.createStatement("SELECT x FROM y").execute()));
        Octets answer = client.server().saidTypes().startsWith("P") ? ROWS : BOUND;
        client.server().hears(answer);
        client.server().hears(answer);
        assertThat(broken.signals()).last().isEqualTo(end);
        assertThat(next.signals()).containsExactly("1", "2", "3", "complete");
        assertThat(client.server().isOpen()).isTrue();
    }

    /** The signal in which a subscriber throws. */
    enum Signal {
        NEXT,
        COMPLETE,
        ERROR
    }

    /** A subscriber that asks for all it can get and throws in one kind of signal. */
    private static final class Thrower implements CoreSubscriber<Object> {

        private final Signal in;
        private final AtomicInteger thrown = new AtomicInteger();

        Thrower(Signal in) {
            this.in = in;
        }

        static Thrower of(Publisher<?> stream, Signal in) {
            Thrower thrower = new Thrower(in);
            Flux.from(stream).subscribe(thrower);
            return thrower;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Object element) {
            throwIn(Signal.NEXT);
        }

        @Override
        public void onComplete() {
            throwIn(Signal.COMPLETE);
        }

        @Override
        public void onError(Throwable error) {
            throwIn(Signal.ERROR);
        }

        private void throwIn(Signal signal) {
            if (signal == in) {
                thrown.incrementAndGet();
                throw new OwnError();
            }
        }
    }

    @ParameterizedTest(name = "[S8.38] in {0}")
    @EnumSource
    @DisplayName("[S8.38, C12] a subscriber to rows that throws: the next statement is served")
    void rowsSubscriberThrows(Signal in, DroppedSignals dropped) {
        Thrower[] thrower = new Thrower[1];
        Heard execution = Heard.of(connection
                .createStatement("SELECT x")
                .execute()
                .doOnNext(result -> thrower[0] = Thrower.of(result.map((r, m) -> r.get(0)), in)));
        assertNextIsServed(in == Signal.ERROR ? FAILED : ROWS);
        assertThat(execution.isOver()).isTrue();
        assertThat(thrower[0].thrown).hasValue(1);
        assertThat(dropped.errors()).hasSize(1);
    }

    @ParameterizedTest(name = "[S8.38] in {0}")
    @EnumSource
    @DisplayName("[S8.38] a subscriber to results that throws: the next statement is served")
    void resultsSubscriberThrows(Signal in, DroppedSignals dropped) {
        Thrower thrower = Thrower.of(
                in == Signal.ERROR
                        ? connection.createStatement("SELECT x").execute().concatMap(PgxcResult::getRowsUpdated)
                        : connection.createStatement("SELECT x").execute(),
                in);
        assertNextIsServed(in == Signal.ERROR ? FAILED : ROWS);
        assertThat(thrower.thrown).hasValue(1);
        assertThat(dropped.errors()).hasSize(1);
    }

    @ParameterizedTest(name = "[S8.38] in {0}")
    @EnumSource(names = {"COMPLETE", "ERROR"})
    @DisplayName("[S8.38] a subscriber to a command of the connection that throws: the next statement is served")
    void commandSubscriberThrows(Signal in, DroppedSignals dropped) {
        Thrower thrower = Thrower.of(connection.createSavepoint("s"), in);
        Octets begun = Octets.join(complete("BEGIN"), ready(TransactionStatus.IN_TRANSACTION));
        assertThat(client.server().saidTypes()).isEqualTo("Q");
        client.server().hears(begun);
        assertNextIsServed(
                in == Signal.ERROR
                        ? Octets.join(error("22012", "x"), ready())
                        : Octets.join(complete("SAVEPOINT"), ready()));
        assertThat(thrower.thrown).hasValue(1);
        assertThat(dropped.errors()).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    @DisplayName("[S8.38, S2.6.2] listeners that throw lose their streams, and nobody else anything")
    void listenersThrow(DroppedSignals dropped) {
        List<Thrower> throwers = List.of(
                Thrower.of(connection.notifications(), Signal.NEXT),
                Thrower.of(connection.notices(), Signal.NEXT),
                Thrower.of(connection.parameters(), Signal.NEXT));
        Heard other = Heard.of(connection.notifications().map(event -> event.channel()));
        Octets asynchronous = Octets.join(notification(7, "a", ""), notice("n"), parameter("TimeZone", "UTC"));
        assertNextIsServed(Octets.join(asynchronous, asynchronous));
        assertThat(throwers).allSatisfy(thrower -> assertThat(thrower.thrown).hasValue(1));
        assertThat(other.signals()).containsExactly("a", "a");
        assertThat(dropped.errors()).hasSize(3);
        other.cancel();
    }

    private void assertNextIsServed(Octets first) {
        Heard next = Heard.of(
                Heard.rows(connection.createStatement("SELECT x FROM y").execute()));
        client.server().run();
        client.server().hears(first);
        client.server().hears(ROWS);
        assertThat(next.signals()).containsExactly("1", "2", "3", "complete");
        assertThat(client.server().isOpen()).isTrue();
    }

    @Test
    @DisplayName(
            "[S8.38, S8.17] when the session ends everybody hears, although those before them throw; close() completes")
    void throwersAtTheEnd(DroppedSignals dropped) {
        List<Thrower> throwers = List.of(
                Thrower.of(connection.createStatement("SELECT x").execute(), Signal.ERROR),
                Thrower.of(
                        connection.createStatement("SELECT x").execute().concatMap(PgxcResult::getRowsUpdated),
                        Signal.ERROR),
                Thrower.of(connection.createSavepoint("s"), Signal.ERROR),
                Thrower.of(connection.notifications(), Signal.ERROR),
                Thrower.of(connection.notices(), Signal.ERROR));
        Heard last = Heard.of(Heard.rows(connection.createStatement("SELECT y").execute()));
        Heard listener = Heard.of(connection.notifications());
        client.server().run();
        client.server().hears(fatal("57P01", "terminating"));
        Outcomes.assertLost("last", last.failure(), "57P01");
        Outcomes.assertLost("listener", listener.failure(), "57P01");
        client.server().said();
        Outcomes.assertClosed("closed", client);
        assertThat(throwers).allSatisfy(thrower -> assertThat(thrower.thrown).hasValue(1));
        assertThat(dropped.errors()).hasSizeLessThanOrEqualTo(throwers.size());
    }

    @Test
    @DisplayName("[S8.38, X16] on close everybody who waits hears, although those before them throw")
    void throwersAtClose(DroppedSignals dropped) {
        Thrower thrower = Thrower.of(connection.createStatement("SELECT x").execute(), Signal.ERROR);
        Heard last = Heard.of(Heard.rows(connection.createStatement("SELECT y").execute()));
        Thrower listener = Thrower.of(connection.notifications(), Signal.COMPLETE);
        Heard close = Heard.of(connection.close());
        client.server().run();
        client.server().hearsEnd();
        assertThat(last.failure()).isInstanceOf(R2dbcNonTransientResourceException.class);
        assertThat(close.signals()).containsExactly("complete");
        assertThat(thrower.thrown).hasValue(1);
        assertThat(listener.thrown).hasValue(1);
        assertThat(dropped.errors()).hasSizeLessThanOrEqualTo(2);
    }

    @ParameterizedTest(name = "[S8.38] request({0})")
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    @DisplayName("[S8.38] whoever requests less than one element is refused, and the next statement is served")
    void badRequest(long n) {
        Heard rows = Heard.of(
                connection.createStatement("SELECT x").execute().concatMap(result -> new BadRequest(result, n)));
        Heard results =
                Heard.of(new BadRequest(connection.createStatement("SELECT x").execute(), n));
        client.server().run();
        assertNextIsServed(ROWS);
        assertThat(rows.signals()).containsExactly("error IllegalArgumentException");
        assertThat(results.signals()).containsExactly("error IllegalArgumentException");
    }

    /** Hands on a stream to which it has said a bad number first. */
    private static final class BadRequest extends Flux<Object> {

        private final Publisher<?> source;
        private final long n;

        BadRequest(PgxcResult result, long n) {
            this(result.map((r, m) -> r.get(0)), n);
        }

        BadRequest(Publisher<?> source, long n) {
            this.source = source;
            this.n = n;
        }

        @Override
        public void subscribe(CoreSubscriber<? super Object> actual) {
            Flux.from(source).subscribe(new CoreSubscriber<Object>() {
                @Override
                public void onSubscribe(Subscription subscription) {
                    actual.onSubscribe(subscription);
                    subscription.request(n);
                }

                @Override
                public void onNext(Object element) {
                    // what was asked for rightly
                }

                @Override
                public void onError(Throwable error) {
                    actual.onError(error);
                }

                @Override
                public void onComplete() {
                    actual.onComplete();
                }
            });
        }
    }
}
