// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.server;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What not every server can do, and a test may need. Found out by asking the server, never by its name.
 */
public enum Capability {

    /** The test may stop, kill and restart it, and build a standby: {@link TestServer#cluster} is there. */
    CONTROL("SELECT false"),

    /** Savepoints, and so subtransactions. */
    SAVEPOINTS("SAVEPOINT probe", "SELECT true"),

    /** Transactions that are serializable when they say so. */
    SERIALIZABLE(
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
            "SELECT current_setting('transaction_isolation') = 'serializable'"),

    /** LISTEN and NOTIFY; a standby has neither. */
    LISTEN("LISTEN probe", "SELECT true"),

    /** Results in binary are what they are said to be, wherever in the cluster they come from. */
    BINARY_RESULTS("SELECT count(*) = 0 FROM pg_catalog.pg_class WHERE relname = 'pgxc_node' AND relnamespace = 11"),

    /** Passwords stored for SCRAM-SHA-256. */
    SCRAM("SET LOCAL password_encryption = 'scram-sha-256'", "SELECT true"),

    /** Roles may be made, and other people's backends be ended. */
    SUPERUSER("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"),

    /** PREPARE TRANSACTION. */
    TWO_PHASE_COMMIT("SELECT current_setting('max_prepared_transactions')::int > 0"),

    /** Logical decoding, with a WAL sender left for it. */
    LOGICAL_REPLICATION(
            "SELECT current_setting('wal_level') = 'logical' AND current_setting('max_wal_senders')::int > 0"
                    + " AND (rolreplication OR rolsuper) FROM pg_roles WHERE rolname = current_user"),

    /** The type jsonb. */
    JSONB("SELECT count(*) > 0 FROM pg_catalog.pg_type WHERE typname = 'jsonb'");

    private final String command;
    private final String question;

    Capability(String question) {
        this("SELECT 1", question);
    }

    Capability(String command, String question) {
        this.command = command;
        this.question = question;
    }

    /** Asks in a transaction that is rolled back; an error that the server reports means no. */
    boolean isServedBy(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(command);
            try (ResultSet answer = statement.executeQuery(question)) {
                return answer.next() && answer.getBoolean(1);
            }
        } catch (SQLException e) {
            return false;
        } finally {
            connection.rollback();
        }
    }
}
