// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.spi.Blob;
import io.r2dbc.spi.Clob;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Blob and Clob over values that PostgreSQL keeps as bytea and text: read whole, so discarding one frees nothing and may be done any number
 * of times; written after they have been collected (X34).
 */
final class LargeValues {

    private LargeValues() {}

    static Blob blob(byte[] bytes) {
        return new Blob() {
            @Override
            public Flux<ByteBuffer> stream() {
                return Flux.defer(() -> Flux.just(ByteBuffer.wrap(bytes).asReadOnlyBuffer()));
            }

            @Override
            public Mono<Void> discard() {
                return Mono.empty();
            }
        };
    }

    static Clob clob(String text) {
        return new Clob() {
            @Override
            public Flux<CharSequence> stream() {
                return Flux.just(text);
            }

            @Override
            public Mono<Void> discard() {
                return Mono.empty();
            }
        };
    }

    static boolean isLarge(Object value) {
        return value instanceof Blob || value instanceof Clob;
    }

    static boolean isLarge(Class<?> type) {
        return Blob.class.isAssignableFrom(type) || Clob.class.isAssignableFrom(type);
    }

    /** The bytes of a Blob, or the text of a Clob. */
    static Mono<Object> collect(Object large) {
        return large instanceof Blob blob ? bytes(blob) : text((Clob) large);
    }

    private static Mono<Object> bytes(Blob blob) {
        return Flux.from(blob.stream())
                .collect(ByteArrayOutputStream::new, LargeValues::append)
                .map(ByteArrayOutputStream::toByteArray);
    }

    private static void append(ByteArrayOutputStream to, ByteBuffer part) {
        byte[] bytes = new byte[part.remaining()];
        part.duplicate().get(bytes);
        to.writeBytes(bytes);
    }

    private static Mono<Object> text(Clob clob) {
        return Flux.from(clob.stream())
                .collect(StringBuilder::new, StringBuilder::append)
                .map(StringBuilder::toString);
    }
}
