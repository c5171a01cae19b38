// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

/**
 * The server said something the protocol does not allow, so nothing that follows can be trusted: the session ends.
 *
 * <p>The text names the message type and what is wrong with it. It never contains bytes of a value.
 */
public final class ProtocolException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ProtocolException(String message) {
        super(message);
    }

    /** A violation inside, or by, the message with the given type byte. */
    public static ProtocolException in(byte tag, String problem) {
        return new ProtocolException(Tag.describe(tag) + ": " + problem);
    }
}
