// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.noData;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;

import io.r2dbc.pgxc.testing.ServerMessages;
import io.r2dbc.pgxc.wire.BackendMessage.Column;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.pgxc.wire.TransactionStatus;
import java.util.ArrayList;
import java.util.List;

/** What a server answers to the groups of messages that a flight consists of; to be imported statically. */
final class Answers {

    /** The one column of most results here. */
    static final Column TEXT_COLUMN = ServerMessages.column("a", ServerMessages.TEXT);

    static final TransactionStatus IDLE = TransactionStatus.IDLE;
    static final TransactionStatus OPEN = TransactionStatus.IN_TRANSACTION;
    static final TransactionStatus FAILED = TransactionStatus.FAILED;

    private Answers() {}

    /** What becomes of a statement that is cancelled. */
    static Octets stopped(TransactionStatus status) {
        return Octets.join(error("57014", "canceling statement due to user request"), ready(status));
    }

    /** To Parse and Describe of a statement without parameters; without columns it returns no rows. */
    static Octets prepared(Column... columns) {
        return prepared(new int[0], columns);
    }

    static Octets prepared(int[] parameters, Column... columns) {
        return Octets.join(
                parseComplete(), parameterTypes(parameters), columns.length == 0 ? noData() : rowDescription(columns));
    }

    /** To Bind and Execute of a statement that returns no rows. */
    static Octets done(String tag) {
        return Octets.join(bindComplete(), complete(tag));
    }

    /** To Bind and Execute, one row of one column each. */
    static Octets selected(String... values) {
        List<Octets> all = new ArrayList<>();
        all.add(bindComplete());
        all.add(rows(values));
        all.add(complete("SELECT " + values.length));
        return Octets.join(all);
    }

    /** Rows of one column. */
    static Octets rows(String... values) {
        List<Octets> all = new ArrayList<>();
        for (String value : values) {
            all.add(row(value));
        }
        return Octets.join(all);
    }

    /** To P D B E S of a query, outside a transaction. */
    static Octets firstSelected(String... values) {
        return Octets.join(prepared(TEXT_COLUMN), selected(values), ready());
    }

    /** To P D B E S of a command, outside a transaction. */
    static Octets firstDone(String tag) {
        return Octets.join(prepared(), done(tag), ready());
    }

    /** To Parse, Bind, Execute of one of the driver's own commands. */
    static Octets ran(String tag) {
        return Octets.join(parseComplete(), done(tag));
    }

    /** To a simple Query without rows. */
    static Octets answered(String tag, TransactionStatus status) {
        return Octets.join(complete(tag), ready(status));
    }

    /** To the question for types in the catalogue: as many rows as there are. */
    static Octets catalogue(Octets... rows) {
        List<Octets> all = new ArrayList<>();
        all.add(rowDescription(
                column("oid", 26),
                column("typname", 19),
                column("typtype", 18),
                column("element", 26),
                column("component", 26),
                column("typsend", 16),
                column("visible", 16),
                column("typdelim", 18),
                column("names", 1009),
                column("types", 1028)));
        all.addAll(List.of(rows));
        all.add(complete("SELECT " + rows.length));
        all.add(ready());
        return Octets.join(all.toArray(Octets[]::new));
    }
}
