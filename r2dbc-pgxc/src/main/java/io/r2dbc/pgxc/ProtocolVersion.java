// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.exchange.ProtocolVersions;

/** A version of the protocol between client and server (protocol 48.1.4). */
public enum ProtocolVersion {
    /** What every server speaks. */
    V3_0("3.0", ProtocolVersions.V3_0),
    /**
     * What servers speak from PostgreSQL 18 on. Its only difference are longer keys for cancelling, which cannot be guessed. Some
     * servers and poolers refuse whoever asks for it.
     */
    V3_2("3.2", ProtocolVersions.V3_2);

    private final String text;
    private final int word;

    ProtocolVersion(String text, int word) {
        this.text = text;
        this.word = word;
    }

    /** As on the wire. */
    int word() {
        return word;
    }

    /** Returns the version as an option has it: {@code 3.2}. */
    @Override
    public String toString() {
        return text;
    }
}
