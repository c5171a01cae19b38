// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

/**
 * What the SQL of an exchange may do to the session, as far as its words tell.
 *
 * @param readsOnly whether stopping it half way loses nothing
 * @param controlsTransaction whether it may begin or end a transaction, so that the projection waits for its answer (X18)
 * @param commits whether it may commit, so that its outcome is unknown where the answer is lost (X19)
 * @param resetsStatements whether it may drop the prepared statements (X9)
 */
public record StatementFacts(
        boolean readsOnly, boolean controlsTransaction, boolean commits, boolean resetsStatements) {

    /** Those of a query. */
    static final StatementFacts READING = new StatementFacts(true, false, false, false);

    /** Those of both together. */
    public StatementFacts and(StatementFacts other) {
        return new StatementFacts(
                readsOnly && other.readsOnly,
                controlsTransaction || other.controlsTransaction,
                commits || other.commits,
                resetsStatements || other.resetsStatements);
    }

    /** Whether nothing may be written behind it before its ReadyForQuery. */
    boolean isFence() {
        return controlsTransaction || resetsStatements;
    }
}
