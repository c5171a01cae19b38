// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

/**
 * What the SQL of an exchange may do to the session, as far as its words tell.
 *
 * @param readsOnly whether stopping it half way loses nothing
 * @param controlsTransaction whether it may begin or end a transaction, so that the projection waits for its answer (X18)
 * @param resetsStatements whether it may drop the prepared statements (X9)
 */
public record StatementFacts(boolean readsOnly, boolean controlsTransaction, boolean resetsStatements) {

    /** Those of a query. */
    static final StatementFacts READING = new StatementFacts(true, false, false);

    /** Whether nothing may be written behind it before its ReadyForQuery. */
    boolean isFence() {
        return controlsTransaction || resetsStatements;
    }
}
