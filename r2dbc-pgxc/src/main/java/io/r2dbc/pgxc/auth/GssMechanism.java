// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

/**
 * Begins conversations of GSSAPI (RFC 2743) with one server. Any thread.
 */
public interface GssMechanism {

    /** What a conversation is for. */
    enum Purpose {
        /** To say who we are, where the server asks by AuthenticationGSS. */
        LOGIN,
        /** The same, where a server on Windows asks by AuthenticationSSPI: the mechanism is negotiated (RFC 4178). */
        NEGOTIATED_LOGIN,
        /** To say who we are and encrypt all that is said later. */
        ENCRYPTION
    }

    /**
     * Finds out as whom to speak, and says nothing yet. Blocks: it may read files and ask others.
     *
     * @throws AuthenticationException if there is nobody to speak as
     */
    GssDialogue begin(Purpose purpose);
}
