// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.net.Heard.counts;
import static io.r2dbc.pgxc.net.Heard.rows;
import static io.r2dbc.pgxc.net.Heard.segments;
import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.TEXT;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.noData;
import static io.r2dbc.pgxc.testing.ServerMessages.notice;
import static io.r2dbc.pgxc.testing.ServerMessages.notification;
import static io.r2dbc.pgxc.testing.ServerMessages.parameter;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.wire.Octets;
import java.util.List;

/**
 * Statements sent in one go, in every way that a statement can travel, what a server answers to them, and what their subscribers hear.
 *
 * <p>The answers make one stream of bytes, to be cut anywhere.
 */
final class Transcript {

    /** What the client says, by types, before it has heard anything. */
    static final String REQUESTS = "P D B E S P D B E S P D B E S P D B E S P D B E P D B E S Q";

    /** The answers to each statement. */
    static final List<Octets> ANSWERS = List.of(
            Octets.join(
                    described(rowDescription(column("id", INT4), column("name", TEXT))),
                    row("1", "Zürich"),
                    row("2", null),
                    complete("SELECT 2"),
                    ready()),
            Octets.join(described(rowDescription(column("q", INT4))), row("5"), error("22012", "by zero"), ready()),
            Octets.join(
                    notification(7, "early", ""),
                    parseComplete(),
                    notice("one"),
                    parameterTypes(),
                    rowDescription(column("n", INT4)),
                    bindComplete(),
                    row("1"),
                    parameter("TimeZone", "Europe/Zurich"),
                    notification(8, "middle", "payload"),
                    row("2"),
                    notice("two"),
                    complete("SELECT 2"),
                    notification(9, "late", "own"),
                    ready()),
            Octets.join(described(noData()), complete("INSERT 0 3"), ready()),
            Octets.join(
                    described(rowDescription(column("b", TEXT))),
                    row("x"),
                    complete("SELECT 1"),
                    described(noData()),
                    complete("UPDATE 4"),
                    ready()),
            Octets.join(
                    rowDescription(column("s", TEXT)), row("y"), complete("SELECT 1"), complete("DELETE 2"), ready()));

    static final Octets STREAM = Octets.join(ANSWERS);

    /** What each statement's subscriber hears, and last the listener to notifications. */
    static final List<List<String>> SIGNALS = List.of(
            List.of("1=Zürich", "2=null", "complete"),
            List.of("5", "error DataIntegrity 22012"),
            List.of("message 00000 one", "row 1", "row 2", "message 00000 two", "count 2", "complete"),
            List.of("3", "complete"),
            List.of("row x", "count 1", "count 4", "complete"),
            List.of("row y", "count 1", "count 2", "complete"),
            List.of("7 early ", "8 middle payload", "9 late own"));

    private Transcript() {}

    private static Octets described(Octets columns) {
        return Octets.join(parseComplete(), parameterTypes(), columns, bindComplete());
    }

    /** Sends all statements; returns their subscribers, and last the listener to notifications. */
    static List<Heard> begin(PgxcConnection connection) {
        Heard notifications = Heard.of(connection
                .notifications()
                .map(event -> event.processId() + " " + event.channel() + " " + event.payload()));
        return List.of(
                Heard.of(rows(
                        connection.createStatement("SELECT id, name FROM t").execute())),
                Heard.of(rows(connection.createStatement("SELECT 5 / q FROM t").execute())),
                Heard.of(segments(connection.createStatement("SELECT n FROM t").execute())),
                Heard.of(counts(
                        connection.createStatement("INSERT INTO t SELECT 1").execute())),
                Heard.of(segments(connection
                        .createBatch()
                        .add("SELECT b FROM t")
                        .add("UPDATE t SET b = 1")
                        .execute())),
                Heard.of(segments(connection
                        .createStatement("SELECT s FROM t; DELETE FROM t")
                        .execute())),
                notifications);
    }

    /** Where the answers to the given statement end in the stream. */
    static int endOf(int statement) {
        return ANSWERS.subList(0, statement + 1).stream().mapToInt(Octets::size).sum();
    }
}
