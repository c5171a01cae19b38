// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import io.r2dbc.pgxc.codec.Codec;
import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.codec.PgType;

/**
 * A number to be bound that knows whether it has been encoded, and so whether its statement was ever written.
 */
final class Witness {

    private static final Codec<Witness> CODEC = Codec.text(
            Witness.class,
            PgType.INT4,
            text -> {
                throw new UnsupportedOperationException("A witness is only written");
            },
            Witness::testify);

    private final int number;
    private volatile boolean written;

    Witness(int number) {
        this.number = number;
    }

    static void register(CodecRegistry.Builder registry) {
        registry.register(CODEC);
    }

    private String testify() {
        written = true;
        return Integer.toString(number);
    }

    boolean isWritten() {
        return written;
    }
}
