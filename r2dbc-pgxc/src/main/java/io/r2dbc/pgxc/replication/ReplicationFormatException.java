// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

/** Says which message of a replication stream could not be read, and why. The stream is over then: what follows has no meaning. */
public final class ReplicationFormatException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message the message's name and what is wrong with it
     */
    public ReplicationFormatException(String message) {
        super(message);
    }

    static ReplicationFormatException in(String name, String problem) {
        return new ReplicationFormatException("Malformed " + name + " in the replication stream: " + problem);
    }
}
