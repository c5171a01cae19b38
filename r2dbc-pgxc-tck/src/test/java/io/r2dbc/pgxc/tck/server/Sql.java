// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.server;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** One statement over pgjdbc, on a connection of its own or a given one. */
final class Sql {

    private Sql() {}

    static Connection connect(Cluster cluster) throws SQLException {
        return DriverManager.getConnection(cluster.endpoint().jdbcUrl());
    }

    static void run(Cluster cluster, String command) throws SQLException {
        try (Connection connection = connect(cluster);
                Statement statement = connection.createStatement()) {
            statement.execute(command);
        }
    }

    static String ask(Cluster cluster, String question) throws SQLException {
        return ask(cluster.endpoint(), question);
    }

    static String ask(Endpoint endpoint, String question) throws SQLException {
        try (Connection connection = DriverManager.getConnection(endpoint.jdbcUrl())) {
            return ask(connection, question);
        }
    }

    static String ask(Connection connection, String question) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery(question)) {
            if (!answer.next()) {
                throw new AssertionError("no row: " + question);
            }
            return answer.getString(1);
        }
    }

    static boolean answers(Cluster cluster, String question, String expected) {
        try {
            return ask(cluster, question).equals(expected);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    static boolean fails(Connection connection, String command) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(command);
            return false;
        } catch (SQLException e) {
            return true;
        }
    }
}
