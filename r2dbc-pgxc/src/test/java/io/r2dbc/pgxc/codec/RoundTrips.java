// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;

/** Writes values as a type and reads them again: the bytes that were written, and the text that they are read as. */
final class RoundTrips {

    private static final CodecRegistry REGISTRY = CodecRegistry.standard();

    private RoundTrips() {}

    /**
     * Checks one value both ways.
     *
     * @param seed what the value was made from, to be shown if it does not come back
     */
    static void check(PgType type, Class<?> target, Object value, long seed) {
        Encoding encoding = REGISTRY.encoding(value, type.oid());
        byte[] bytes = Bytes.written(encoding, value);
        Object back = Bytes.decode(REGISTRY.decoder(type.oid(), encoding.format(), target), bytes);
        assertThat(back).as("seed %d, %s", seed, type).isEqualTo(value);

        String text = Bytes.decode(REGISTRY.decoder(type.oid(), encoding.format(), String.class), bytes);
        Object fromText =
                Bytes.decode(REGISTRY.decoder(type.oid(), Format.TEXT, target), text.getBytes(StandardCharsets.UTF_8));
        assertThat(fromText).as("seed %d, %s from %s", seed, type, text).isEqualTo(value);
    }
}
