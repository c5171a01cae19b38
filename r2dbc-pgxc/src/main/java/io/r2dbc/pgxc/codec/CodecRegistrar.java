// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

/**
 * Registers the user's codecs before the first connection: as a service ({@code META-INF/services}) or through the
 * configuration.
 *
 * <pre>{@code
 * public final class IbanCodecs implements CodecRegistrar {
 *     public void register(CodecRegistry.Builder registry) {
 *         registry.register(Codec.text(Iban.class, PgType.TEXT, Iban::parse, Iban::toString));
 *     }
 * }
 * }</pre>
 */
@FunctionalInterface
public interface CodecRegistrar {

    /**
     * Adds codecs to the registry that is being built. Among those for the same class and type the first one wins.
     *
     * @param registry takes the codecs
     */
    void register(CodecRegistry.Builder registry);
}
