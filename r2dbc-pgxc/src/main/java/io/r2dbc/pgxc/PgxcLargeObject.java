// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A large object that is open: a position in bytes, from which is read and written. It is closed by {@link PgxcLargeObjects#open}.
 *
 * <p>Publishers are cold; those that are subscribed to at the same time are executed in that order.
 */
public final class PgxcLargeObject {

    /** From where a position counts. */
    public enum From {
        START(0),
        POSITION(1),
        END(2);

        private final int code;

        From(int code) {
            this.code = code;
        }
    }

    private static final int PIECE = 64 * 1024;

    private final ConnectionCore core;
    private final int descriptor;

    PgxcLargeObject(ConnectionCore core, int descriptor) {
        this.core = core;
        this.descriptor = descriptor;
    }

    /**
     * Reads from the position to the end, a piece of 64 KiB at most for each element that is asked for.
     *
     * @return heap buffers, which need not be released
     */
    public Flux<ByteBuf> read() {
        return Flux.<Boolean>generate(sink -> sink.next(true))
                .concatMap(more -> piece(PIECE), 0)
                .takeUntil(piece -> piece.readableBytes() < PIECE)
                .filter(ByteBuf::isReadable);
    }

    /**
     * Reads from the position.
     *
     * @param length how many bytes at most
     * @return a heap buffer, which need not be released; an empty one at the end
     */
    public Mono<ByteBuf> read(int length) {
        Require.that(length >= 0, "length must not be negative, but is " + length);
        return piece(length);
    }

    private Mono<ByteBuf> piece(int length) {
        return LargeObjectCalls.one(core, "SELECT loread($1, $2)", byte[].class, descriptor, length)
                .map(Unpooled::wrappedBuffer);
    }

    /**
     * Writes at the position.
     *
     * @param data buffers are the driver's as soon as they are emitted; the next one is asked for when one has been written
     * @return how many bytes were written
     */
    public Mono<Long> write(Publisher<ByteBuf> data) {
        return Flux.from(Require.nonNull(data, "data"))
                .map(BoundBuffer::take)
                .concatMap(this::pieces, 0)
                .concatMap(this::write, 0)
                .reduce(0L, Long::sum);
    }

    /** The server takes in each piece whole before it writes it. */
    private Flux<byte[]> pieces(ByteBuf taken) {
        byte[] all = taken.array();
        int start = taken.arrayOffset() + taken.readerIndex();
        int end = start + taken.readableBytes();
        return Flux.fromStream(() -> IntStream.iterate(start, from -> from < end, from -> from + PIECE)
                .mapToObj(from -> Arrays.copyOfRange(all, from, Math.min(end, from + PIECE))));
    }

    private Mono<Long> write(byte[] piece) {
        return LargeObjectCalls.one(core, "SELECT lowrite($1, $2)", Integer.class, descriptor, piece)
                .map(Integer::longValue);
    }

    /**
     * Moves the position.
     *
     * @param offset in bytes
     * @return the new position, from the start
     */
    public Mono<Long> seek(long offset, From from) {
        return LargeObjectCalls.one(
                core,
                "SELECT lo_lseek64($1, $2, $3)",
                Long.class,
                descriptor,
                offset,
                Require.nonNull(from, "from").code);
    }

    /** The position, from the start. */
    public Mono<Long> tell() {
        return LargeObjectCalls.one(core, "SELECT lo_tell64($1)", Long.class, descriptor);
    }

    /**
     * Makes the object just so long: cuts it off, or fills it up with zeros. The position stays.
     *
     * @param length in bytes
     */
    public Mono<Void> truncate(long length) {
        return LargeObjectCalls.one(core, "SELECT lo_truncate64($1, $2)", Integer.class, descriptor, length)
                .then();
    }

    Mono<Void> close() {
        return LargeObjectCalls.one(core, "SELECT lo_close($1)", Integer.class, descriptor)
                .then();
    }
}
