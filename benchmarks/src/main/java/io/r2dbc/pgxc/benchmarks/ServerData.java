// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks;

import io.r2dbc.pgxc.benchmarks.load.Expectations;
import io.r2dbc.pgxc.benchmarks.peers.Checksum;
import io.r2dbc.pgxc.benchmarks.peers.Tables;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;

/** Makes the tables, and reads them once to know what every driver must find in them. */
final class ServerData {

    /** Who logs in with a password. */
    static final String USER = "visitor";

    /** That password. */
    static final String PASSWORD = "a secret";

    private static final int CHUNK = 10_000;

    private static final String[] SCHEMA = {
        "CREATE TABLE account AS SELECT n::int4 AS id, 3 * n::int4 AS balance FROM generate_series(1, %d) AS n"
                .formatted(Tables.ACCOUNTS),
        "ALTER TABLE account SET (fillfactor = 50)",
        "ALTER TABLE account ADD PRIMARY KEY (id)",
        "CREATE UNLOGGED TABLE history (account int4)",
        "CREATE UNLOGGED TABLE event (id int4, name text)",
        ("CREATE TABLE measure AS SELECT n::int4 AS id, n * 1000003::int8 AS counter, 'measure ' || lpad(n::text, 12,"
                        + " '0') AS name, '2026-01-01 00:00:00+00'::timestamptz + n * '1.001001 s'::interval AS at, (n *"
                        + " 1.37)::numeric(12,2) AS price, n / 7.0::float8 AS ratio FROM generate_series(1, %d) AS n")
                .formatted(Tables.MEASURES),
        "CREATE TABLE note AS SELECT repeat(md5(n::text), 32) AS body FROM generate_series(1, %d) AS n"
                .formatted(Tables.NOTES),
        "SET password_encryption = 'scram-sha-256'",
        "CREATE USER " + USER + " PASSWORD '" + PASSWORD + "'",
        "VACUUM (FREEZE, ANALYZE)",
        "CHECKPOINT",
    };

    /** What stays of a batch would make the next trial's server work on. */
    private static final String[] REMAINS = {"TRUNCATE event, history", "VACUUM account"};

    private final String url;

    ServerData(String url) {
        this.url = url;
    }

    Expectations create() throws SQLException {
        execute(SCHEMA);
        try (Connection connection = DriverManager.getConnection(url)) {
            connection.setAutoCommit(false);
            return new Expectations(
                    sum(connection, Tables.SIX_COLUMNS, ServerData::six),
                    sum(connection, Tables.ONE_TEXT, row -> Checksum.ofText(row.getString(1))));
        }
    }

    /** Between two trials. */
    void cleanUp() throws SQLException {
        execute(REMAINS);
    }

    /** What the server calls itself. */
    String version() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            return "PostgreSQL " + connection.getMetaData().getDatabaseProductVersion();
        }
    }

    private void execute(String[] commands) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            for (String command : commands) {
                statement.execute(command);
            }
        }
    }

    private static long six(ResultSet row) throws SQLException {
        return Checksum.ofSix(
                row.getInt(1),
                row.getLong(2),
                row.getString(3),
                row.getObject(4, OffsetDateTime.class),
                row.getBigDecimal(5),
                row.getDouble(6));
    }

    private static long sum(Connection connection, String sql, Reading reading) throws SQLException {
        long sum = 0;
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(CHUNK);
            try (ResultSet rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    sum += reading.of(rows);
                }
            }
        }
        return sum;
    }

    /** Makes a number of a row. */
    private interface Reading {
        long of(ResultSet row) throws SQLException;
    }
}
