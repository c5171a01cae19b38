// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

/** Where the server stands between transactions, as every ReadyForQuery reports it (48.5). */
public enum TransactionStatus {
    IDLE('I'),
    IN_TRANSACTION('T'),
    FAILED('E');

    private final char code;

    TransactionStatus(char code) {
        this.code = code;
    }

    /** The byte that stands for this status on the wire. */
    public byte code() {
        return (byte) code;
    }
}
