// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.spi.Parameters;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The large objects of a database, by way of one connection: the server's functions {@code lo_create}, {@code lo_open} and so on.
 *
 * <p>A large object is open only inside the transaction in which it was opened, so whatever opens one needs a transaction, and fails with an
 * {@link IllegalStateException} that says so where there is none. Each is closed again on every end: success, error and cancellation. Only
 * who cancels while the server opens it leaves that to the end of the transaction: nothing is sent behind the cancel that could hit the
 * next one.
 */
public final class PgxcLargeObjects {

    /** What an open large object may be used for. */
    public enum Mode {
        /** Reading what was committed when the transaction's snapshot was taken. */
        READ(0x40000),
        /** Writing, and reading what is there now. */
        READ_WRITE(0x60000);

        private final int flags;

        Mode(int flags) {
            this.flags = flags;
        }
    }

    private final ConnectionCore core;

    PgxcLargeObjects(ConnectionCore core) {
        this.core = core;
    }

    /** Creates an empty large object; the server chooses its OID, which is the element. */
    public Mono<Long> create() {
        return create(0);
    }

    /**
     * Creates an empty large object.
     *
     * @param oid its OID, unsigned; 0 lets the server choose
     * @return its OID; the error of one that exists already is 23505
     */
    public Mono<Long> create(long oid) {
        return LargeObjectCalls.one(core, "SELECT lo_create($1)", Long.class, Parameters.in(PgType.OID, oid));
    }

    /** Deletes a large object; one that does not exist is the error 42704. */
    public Mono<Void> unlink(long oid) {
        return LargeObjectCalls.one(core, "SELECT lo_unlink($1)", Integer.class, Parameters.in(PgType.OID, oid))
                .then();
    }

    /**
     * Reads a large object from beginning to end, a piece of 64 KiB at most for each element that is asked for.
     *
     * @return heap buffers, which need not be released
     */
    public Flux<ByteBuf> read(long oid) {
        return open(oid, Mode.READ, PgxcLargeObject::read);
    }

    /**
     * Writes a large object from its beginning; what was behind what is written stays.
     *
     * @param data buffers are the driver's as soon as they are emitted; the next one is asked for when one has been written
     * @return how many bytes were written
     */
    public Mono<Long> write(long oid, Publisher<ByteBuf> data) {
        Require.nonNull(data, "data");
        return open(oid, Mode.READ_WRITE, object -> object.write(data)).single();
    }

    /**
     * Opens a large object, works with it, and closes it when what the work returned has ended, however it has.
     *
     * @param work gets the open object, which is of no use afterwards
     */
    public <T> Flux<T> open(long oid, Mode mode, Function<? super PgxcLargeObject, ? extends Publisher<T>> work) {
        Require.nonNull(mode, "mode");
        Require.nonNull(work, "work");
        return Flux.defer(() -> {
            AtomicReference<@Nullable Throwable> notClosed = new AtomicReference<>();
            return Flux.usingWhen(
                            Mono.defer(() -> opened(oid, mode)),
                            work,
                            object -> object.close().doOnError(notClosed::set),
                            (object, error) -> object.close().onErrorComplete(),
                            object -> object.close().onErrorComplete())
                    // what went wrong with closing, and not that something did
                    .onErrorMap(e -> notClosed.get() == null ? e : notClosed.get());
        });
    }

    private Mono<PgxcLargeObject> opened(long oid, Mode mode) {
        if (core.session().state().isAutoCommit()) {
            return Mono.error(new IllegalStateException(
                    "A large object is open only inside a transaction, and there is none: subscribe to"
                            + " beginTransaction() first"));
        }
        return LargeObjectCalls.one(
                        core, "SELECT lo_open($1, $2)", Integer.class, Parameters.in(PgType.OID, oid), mode.flags)
                .map(descriptor -> new PgxcLargeObject(core, descriptor));
    }
}
