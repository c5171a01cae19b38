// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

/**
 * One conversation of GSSAPI, seen from the client: tokens to and fro until both know each other, and then packets that only they can read.
 * One thread at a time.
 */
public interface GssDialogue {

    /**
     * Takes what the server said, at first nothing, and returns what to say, which may be nothing. Blocks: it may ask others.
     *
     * @throws AuthenticationException if the conversation has failed
     */
    byte[] next(byte[] token);

    /** Whether each has proved to the other who it is. */
    boolean isEstablished();

    /** The most bytes that {@link #wrap} makes no more than {@code packet} bytes of. */
    int wrapLimit(int packet);

    /**
     * Encrypts.
     *
     * @throws AuthenticationException if that is not possible any more
     */
    byte[] wrap(byte[] bytes, int offset, int length);

    /**
     * Decrypts.
     *
     * @throws AuthenticationException if the packet is not the next one of the server
     */
    byte[] unwrap(byte[] bytes, int offset, int length);

    /** Forgets all secrets, once; nothing else follows. Does not block. */
    void dispose();
}
