// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.copy;

import static io.r2dbc.pgxc.tck.Sandbox.LIMIT;
import static io.r2dbc.pgxc.tck.Sandbox.ask;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcLargeObject;
import io.r2dbc.pgxc.PgxcLargeObjects;
import io.r2dbc.pgxc.PgxcLargeObjects.Mode;
import io.r2dbc.pgxc.tck.Sandbox;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Large objects: written and read as streams, inside transactions, and never left open. */
@ExtendWith(StandingAsserts.class)
class LargeObjectIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("large_object_it");

    private PgxcConnection connection;
    private PgxcLargeObjects objects;
    private long oid;

    @BeforeEach
    void create() {
        connection = SANDBOX.open();
        objects = connection.largeObjects();
        oid = get(objects.create());
    }

    @AfterEach
    void unlink() {
        get(connection.rollbackTransaction());
        get(objects.unlink(oid));
    }

    private static ByteBuf data(byte[] bytes) {
        return ByteBufAllocator.DEFAULT.buffer().writeBytes(bytes);
    }

    private static ByteBuf data(String text) {
        return data(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(Flux<ByteBuf> pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        pieces.doOnNext(piece -> all.writeBytes(ByteBufUtil.getBytes(piece))).blockLast(LIMIT);
        return all.toByteArray();
    }

    @ParameterizedTest(name = "[I7, I9] {0} bytes")
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 1_000_000})
    @DisplayName("[I7, I9] what was written is read, at any length, in pieces of 64 KiB at most; the database's own"
            + " function agrees")
    void roundTrip(int length) {
        byte[] all = new byte[length];
        new Random(length).nextBytes(all);
        get(connection.beginTransaction());
        int half = length / 2;
        Flux<ByteBuf> source = Flux.just(Arrays.copyOf(all, half), Arrays.copyOfRange(all, half, length))
                .map(LargeObjectIT::data);
        assertThat(get(objects.write(oid, source))).isEqualTo(length);
        assertThat(bytes(objects.read(oid)
                        .doOnNext(piece -> assertThat(piece.readableBytes()).isBetween(1, 65_536))))
                .isEqualTo(all);
        get(connection.commitTransaction());
        assertThat(ask(connection, "select length(lo_get(" + oid + "))")).isEqualTo("" + length);
    }

    @Test
    @DisplayName("[I9] a piece is read for each that is asked for, and no more")
    void demand() {
        get(connection.beginTransaction());
        get(objects.write(oid, Mono.fromSupplier(() -> data(new byte[300_000]))));
        AtomicInteger asked = new AtomicInteger();
        Flux<ByteBuf> two = objects.open(
                oid,
                Mode.READ,
                object -> object.read()
                        .doOnRequest(n -> asked.addAndGet((int) n))
                        .limitRate(1)
                        .take(2)
                        .concatWith(object.tell().map(at -> Unpooled.copiedBuffer("" + at, StandardCharsets.UTF_8))));
        assertThat(bytes(two)).hasSize(2 * 65_536 + 6);
        assertThat(asked).hasValueLessThan(10);
    }

    @Test
    @DisplayName("[X20] seek, tell, read, write and truncate at positions beyond 2 GiB too")
    void positions() {
        get(connection.beginTransaction());
        long far = 3L << 30;
        Flux<Object> answers = objects.open(
                oid,
                Mode.READ_WRITE,
                object -> Flux.<Object>concat(
                        object.write(Flux.just(data("hello world"))),
                        object.seek(-5, PgxcLargeObject.From.END),
                        object.read(100).map(read -> read.toString(StandardCharsets.UTF_8)),
                        object.truncate(5),
                        object.seek(0, PgxcLargeObject.From.START),
                        object.read(100).map(read -> read.toString(StandardCharsets.UTF_8)),
                        object.read(1).map(ByteBuf::readableBytes),
                        object.seek(-2, PgxcLargeObject.From.POSITION),
                        object.seek(far, PgxcLargeObject.From.START),
                        object.write(Flux.just(data("x"))),
                        object.tell()));
        assertThat(get(answers.collectList())).containsExactly(11L, 6L, "world", 0L, "hello", 0, 3L, far, 1L, far + 1);
    }

    @Test
    @DisplayName("[X17] outside a transaction: an error that says what is missing, and nothing is sent")
    void needsTransaction() {
        assertThatThrownBy(() -> objects.read(oid).blockLast(LIMIT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("beginTransaction");
        assertThatThrownBy(() -> get(objects.write(oid, Flux.never())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("transaction");
    }

    @Test
    @DisplayName(
            "[X14] closed again after the end, an error and a cancel: a session has no descriptor more than before")
    void descriptors() {
        get(connection.beginTransaction());
        int first = get(objects.open(oid, Mode.READ, this::descriptor).single());
        RuntimeException own = new IllegalStateException("own");
        assertThatThrownBy(() ->
                        objects.open(oid, Mode.READ, object -> Flux.error(own)).blockLast(LIMIT))
                .isSameAs(own);
        objects.open(oid, Mode.READ, object -> Flux.just(1).concatWith(Flux.never()))
                .take(1)
                .blockLast(LIMIT);
        assertThatThrownBy(() -> get(objects.write(oid, Flux.error(own)))).isSameAs(own);
        assertThat(get(objects.open(oid, Mode.READ, this::descriptor).single())).isEqualTo(first);
    }

    /** Descriptors are numbered from the lowest that is free. */
    private Mono<Integer> descriptor(PgxcLargeObject open) {
        return Flux.from(connection
                        .createStatement("select lo_open(" + oid + "::oid, 262144)")
                        .execute())
                .concatMap(result -> result.map(row -> row.get(0, Integer.class)))
                .single()
                .delayUntil(number -> Flux.from(connection
                                .createStatement("select lo_close(" + number + ")")
                                .execute())
                        .concatMap(result -> result.map(row -> 0)));
    }

    @Test
    @DisplayName(
            "[I8] what the server refuses is the error, and the transaction's end; the object does not exist, or is"
                    + " read only")
    void refused() {
        get(connection.beginTransaction());
        assertThatThrownBy(() -> objects.read(1).blockLast(LIMIT))
                .satisfies(e -> assertThat(((R2dbcException) e).getSqlState()).isEqualTo("42704"));
        get(connection.rollbackTransaction());
        get(connection.beginTransaction());
        assertThatThrownBy(() -> get(objects.open(oid, Mode.READ, object -> object.write(Flux.just(data("x"))))
                        .single()))
                .isInstanceOf(R2dbcException.class);
        get(connection.rollbackTransaction());
        assertThatThrownBy(() -> get(objects.create(oid)))
                .satisfies(e -> assertThat(((R2dbcException) e).getSqlState()).isEqualTo("23505"));
    }
}
