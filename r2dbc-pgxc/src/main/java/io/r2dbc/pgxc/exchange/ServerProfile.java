// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

/**
 * What the server can do that others cannot, and the other way round. Nothing else in the driver asks which product it speaks to.
 *
 * @param postgresXc whether the server is a Postgres-XC coordinator
 * @param savepoints whether SAVEPOINT works
 * @param binaryResults whether binary results are what they say (on Postgres-XC they are not, S9.5)
 * @param flush whether Flush arrives there: some poolers and proxies swallow it (S2.3.17)
 */
public record ServerProfile(boolean postgresXc, boolean savepoints, boolean binaryResults, boolean flush) {

    public static final ServerProfile POSTGRESQL = new ServerProfile(false, true, true, true);

    public ServerProfile withTextResults() {
        return new ServerProfile(postgresXc, savepoints, false, flush);
    }

    public ServerProfile withoutFlush() {
        return new ServerProfile(postgresXc, savepoints, binaryResults, false);
    }
}
