// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.server;

/**
 * How a server is told to end.
 */
public enum Shutdown {

    /** Takes no new connections and waits for the clients to leave. */
    SMART("TERM"),

    /** Rolls back, tells the clients (57P01), and writes a checkpoint. */
    FAST("INT"),

    /** Drops everything at once (57P02); the next start has to recover. */
    IMMEDIATE("QUIT");

    private final String signal;

    Shutdown(String signal) {
        this.signal = signal;
    }

    String signal() {
        return signal;
    }
}
