// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.copy;

import static io.r2dbc.pgxc.tck.Sandbox.LIMIT;
import static io.r2dbc.pgxc.tck.Sandbox.all;
import static io.r2dbc.pgxc.tck.Sandbox.ask;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static io.r2dbc.pgxc.tck.Sandbox.run;
import static io.r2dbc.pgxc.tck.Sandbox.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcException;
import io.r2dbc.pgxc.tck.Sandbox;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.publisher.PublisherProbe;

/** COPY from and to streams, as a server takes and gives it. */
@ExtendWith(StandingAsserts.class)
class CopyIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("copy_it");

    private static final String ROWS =
            "select g, case when g % 7 = 0 then null else 'row, \"' || g || E'\\t\\\\x' end, g * 1.5, now() from"
                    + " generate_series(1, 1000) g";

    private static ByteBuf data(String text) {
        return ByteBufUtil.writeUtf8(ByteBufAllocator.DEFAULT, text);
    }

    private static byte[] bytes(Flux<ByteBuf> data) {
        return Objects.requireNonNull(data.collect(Unpooled::buffer, (all, part) -> {
                    all.writeBytes(part);
                    part.release();
                })
                .map(all -> Arrays.copyOf(all.array(), all.readableBytes()))
                .block(LIMIT));
    }

    private static Flux<ByteBuf> cut(byte[] all, int length) {
        return Flux.range(0, (all.length + length - 1) / length)
                .map(i -> ByteBufAllocator.DEFAULT
                        .buffer()
                        .writeBytes(all, i * length, Math.min(length, all.length - i * length)));
    }

    private static PgxcConnection withTable() {
        PgxcConnection connection = SANDBOX.open();
        run(connection, "drop table if exists t");
        run(connection, "create table t (a int primary key, b text)");
        return connection;
    }

    private static String stored() {
        return String.valueOf(SANDBOX.jdbc().queryForObject("select count(*) from t", String.class));
    }

    private static void assertOpen(PgxcConnection connection) {
        assertThat(ask(connection, "select 42")).isEqualTo("42");
    }

    @ParameterizedTest(name = "[S2.5.2, S2.5.9] {0}")
    @ValueSource(strings = {"text", "csv", "binary"})
    @DisplayName("[S2.5.2, S2.5.9, S2.5.14] a round trip in text, CSV and binary, cut anywhere, changes nothing")
    void roundTrip(String format) {
        PgxcConnection connection = SANDBOX.open();
        run(connection, "create temp table a as " + ROWS);
        run(connection, "create temp table b (like a)");
        byte[] out = bytes(connection.copyOut("copy a to stdout (format " + format + ")"));
        for (int length : new int[] {7, 1_000, 1 << 20}) {
            assertThat(get(connection.copyIn("copy b from stdin (format " + format + ")", cut(out, length))))
                    .isEqualTo(1000);
            assertThat(bytes(connection.copyOut("copy b to stdout (format " + format + ")")))
                    .isEqualTo(out);
            assertThat(ask(connection, "select count(*) from (table a except table b) x"))
                    .isEqualTo("0");
            run(connection, "truncate b");
        }
    }

    @Test
    @DisplayName("[S2.5.9, I9] each row of text is a buffer, and a statement behind the COPY finds its own answer")
    void aRowABuffer() {
        PgxcConnection connection = SANDBOX.open();
        Flux<String> rows = connection
                .copyOut("copy (select g from generate_series(1, 3) g) to stdout")
                .map(CopyIT::text);
        Mono<Integer> behind = Flux.from(connection.createStatement("select 7").execute())
                .concatMap(result -> result.map(row -> row.get(0, Integer.class)))
                .single();
        assertThat(get(Mono.zip(rows.collectList(), behind)).toList()).containsExactly(List.of("1\n", "2\n", "3\n"), 7);
    }

    private static String text(ByteBuf buffer) {
        String text = buffer.toString(StandardCharsets.UTF_8);
        buffer.release();
        return text;
    }

    @Test
    @DisplayName("[S2.5.4, I7] a source that fails stores nothing, the error is its own, and the connection goes on")
    void sourceFails() {
        PgxcConnection connection = withTable();
        RuntimeException own = new IllegalStateException("half way");
        Flux<ByteBuf> source = Flux.just("1\ta\n", "2\tb\n").map(CopyIT::data).concatWith(Flux.error(own));
        assertThatThrownBy(() -> get(connection.copyIn("copy t from stdin", source)))
                .isSameAs(own);
        assertThat(stored()).isEqualTo("0");
        assertOpen(connection);
    }

    @ParameterizedTest(name = "[I8] {1}")
    @CsvSource({"x, 22P02", "1, 23505"})
    @DisplayName(
            "[S2.5.5, I8] data that the server refuses: an endless source is cancelled, nothing is stored, the error"
                    + " is told")
    void serverRefuses(String key, String state) {
        PgxcConnection connection = withTable();
        AtomicInteger number = new AtomicInteger();
        PublisherProbe<ByteBuf> source = PublisherProbe.of(Flux.<ByteBuf>generate(sink -> {
            int next = number.incrementAndGet();
            sink.next(data((next == 5_000 ? key : next) + "\tsome text\n"));
        }));
        assertThatThrownBy(() -> get(connection.copyIn("copy t from stdin", source.flux())))
                .isInstanceOf(R2dbcDataIntegrityViolationException.class)
                .satisfies(e -> assertThat(((R2dbcException) e).getSqlState()).isEqualTo(state))
                .satisfies(
                        e -> assertThat(((PgxcException) e).getErrorDetails()).isNotNull());
        source.assertWasCancelled();
        assertThat(stored()).isEqualTo("0");
        assertOpen(connection);
    }

    @Test
    @DisplayName(
            "[X14, I7] cancelled in the middle: the source is cancelled, nothing is stored, the connection goes on")
    void cancelled() {
        PgxcConnection connection = withTable();
        PublisherProbe<ByteBuf> source =
                PublisherProbe.of(Flux.just("1\ta\n").map(CopyIT::data).concatWith(Flux.never()));
        Disposable copy = connection.copyIn("copy t from stdin", source.flux()).subscribe();
        until("the source is read", source::wasRequested);
        copy.dispose();
        assertOpen(connection);
        source.assertWasCancelled();
        assertThat(stored()).isEqualTo("0");
    }

    @Test
    @DisplayName("[X14] a COPY that waits for a lock is stopped at the server when it is cancelled")
    void cancelledWhileLocked() {
        PgxcConnection connection = withTable();
        PgxcConnection other = SANDBOX.open();
        get(other.beginTransaction());
        run(other, "lock table t");
        assertThatThrownBy(() -> connection
                        .copyIn("copy t from stdin", Flux.never())
                        .timeout(Duration.ofMillis(300))
                        .block(LIMIT))
                .hasCauseInstanceOf(TimeoutException.class);
        assertOpen(connection);
        get(other.rollbackTransaction());
    }

    @Test
    @DisplayName("[X17, X4] COPY in a transaction is part of it: undone by ROLLBACK, and its error ends it")
    void inTransaction() {
        PgxcConnection connection = withTable();
        get(connection.beginTransaction());
        assertThat(get(connection.copyIn("copy t from stdin", Flux.just(data("1\ta\n")))))
                .isEqualTo(1);
        assertThat(ask(connection, "select count(*) from t")).isEqualTo("1");
        get(connection.rollbackTransaction());
        assertThat(stored()).isEqualTo("0");
        get(connection.beginTransaction());
        assertThatThrownBy(() -> get(connection.copyIn("copy t from stdin", Flux.just(data("nonsense\n")))))
                .isInstanceOf(R2dbcDataIntegrityViolationException.class);
        assertThatThrownBy(() -> ask(connection, "select 1"))
                .hasMessageContaining("aborted")
                .cause()
                .hasMessageContaining("invalid input syntax");
        get(connection.rollbackTransaction());
        get(connection.beginTransaction());
        assertThat(get(connection.copyIn("copy t from stdin", Flux.just(data("1\ta\n")))))
                .isEqualTo(1);
        get(connection.commitTransaction());
        assertThat(stored()).isEqualTo("1");
    }

    @Test
    @DisplayName(
            "[X21, S2.5.6] released to a pool in the middle of a COPY IN and of a COPY OUT, in a transaction and not")
    void releasedMidway() {
        PgxcConnection connection = withTable();
        for (boolean transaction : new boolean[] {false, true}) {
            if (transaction) {
                get(connection.beginTransaction());
            }
            PublisherProbe<ByteBuf> source =
                    PublisherProbe.of(Flux.just("1\ta\n").map(CopyIT::data).concatWith(Flux.never()));
            Mono<Long> copy =
                    connection.copyIn("copy t from stdin", source.flux()).cache();
            copy.subscribe(rows -> {}, e -> {});
            until("the source is read", source::wasRequested);
            get(connection.preRelease());
            assertThatThrownBy(() -> get(copy)).hasMessageContaining("released");
            source.assertWasCancelled();
            assertThat(stored()).isEqualTo("0");
            if (transaction) {
                get(connection.beginTransaction());
            }
            Mono<String> first = connection
                    .copyOut("copy (select generate_series(1, 10000000)) to stdout")
                    .map(CopyIT::text)
                    .concatMap(row -> Mono.just(row).concatWith(Mono.never()))
                    .next();
            assertThat(get(first)).isEqualTo("1\n");
            get(connection.preRelease());
            assertThat(connection.isAutoCommit()).isTrue();
            assertOpen(connection);
        }
    }

    @Test
    @DisplayName(
            "[I9, X14] copyOut cancelled after one buffer is stopped at the server, however long it would have gone on")
    void cancelledCopyOut() {
        PgxcConnection connection = SANDBOX.open();
        long begun = System.nanoTime();
        for (int i = 0; i < 5; i++) {
            assertThat(all(connection
                            .copyOut("copy (select generate_series(1, 1000000000)) to stdout")
                            .map(CopyIT::text)
                            .take(1)))
                    .containsExactly("1\n");
            assertOpen(connection);
        }
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun)).isLessThan(LIMIT.toSeconds());
    }

    @Test
    @DisplayName("[I9] an error after data: what came before is delivered, then the error, and the connection goes on")
    void errorAfterData() {
        PgxcConnection connection = SANDBOX.open();
        AtomicInteger rows = new AtomicInteger();
        assertThatThrownBy(() -> connection
                        .copyOut("copy (select 1 / (3 - g) from generate_series(1, 5) g) to stdout")
                        .doOnNext(buffer -> {
                            rows.incrementAndGet();
                            buffer.release();
                        })
                        .blockLast(LIMIT))
                .hasMessageContaining("division by zero");
        assertThat(rows).hasValue(2);
        assertOpen(connection);
    }

    @Test
    @DisplayName("[I7] a source on other threads, each buffer on another")
    void manyThreads() {
        PgxcConnection connection = withTable();
        Flux<ByteBuf> source = Flux.range(1, 2_000)
                .concatMap(i -> Mono.fromCallable(() -> data(i + "\tx\n")).subscribeOn(Schedulers.parallel()), 1);
        assertThat(get(connection.copyIn("copy t from stdin", source))).isEqualTo(2_000);
        assertThat(stored()).isEqualTo("2000");
    }

    @Test
    @DisplayName("[S2.8.1, S2.5.6] close() in the middle of a COPY IN: the server is told, and nothing is stored")
    void closedMidway() {
        PgxcConnection connection = withTable();
        PublisherProbe<ByteBuf> source =
                PublisherProbe.of(Flux.just("1\ta\n").map(CopyIT::data).concatWith(Flux.never()));
        Mono<Long> copy = connection.copyIn("copy t from stdin", source.flux()).cache();
        copy.subscribe(rows -> {}, e -> {});
        until("the source is read", source::wasRequested);
        get(connection.close());
        assertThatThrownBy(() -> get(copy)).hasMessageContaining("closed");
        source.assertWasCancelled();
        assertThat(stored()).isEqualTo("0");
    }
}
