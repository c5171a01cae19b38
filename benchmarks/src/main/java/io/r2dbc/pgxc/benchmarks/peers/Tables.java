// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.peers;

import java.nio.charset.StandardCharsets;

/** What all clients send: the statements over the tables that the comparison makes before it begins. */
public final class Tables {

    /** How many accounts there are, with keys from 1 on. */
    public static final int ACCOUNTS = 100_000;

    /** How many rows of six columns there are. */
    public static final int MEASURES = 1_000_000;

    /** How many rows of one text of 1 KiB there are. */
    public static final int NOTES = 100_000;

    /** How many rows one batch inserts. */
    public static final int BATCH = 10_000;

    /** How many notifications one announcement makes. */
    public static final int NEWS = 10_000;

    /** One row by its key: int4, int4. */
    public static final String BY_KEY = "SELECT id, balance FROM account WHERE id = $1";

    /** Changes one row by its key. */
    public static final String UPDATE = "UPDATE account SET balance = balance + 1 WHERE id = $1";

    /** Adds one row. */
    public static final String APPEND = "INSERT INTO history (account) VALUES ($1)";

    /** Adds one of the rows of a batch: int4, text. */
    public static final String INSERT = "INSERT INTO event (id, name) VALUES ($1, $2)";

    /** Takes the rows of a batch as text. */
    public static final String COPY = "COPY event (id, name) FROM STDIN";

    /** Six columns: int4, int8, text of 20, timestamptz, numeric(12,2), float8. */
    public static final String SIX_COLUMNS = "SELECT id, counter, name, at, price, ratio FROM measure";

    /** One column: text of 1 KiB. */
    public static final String ONE_TEXT = "SELECT body FROM note";

    /** Begins to listen. */
    public static final String LISTEN = "LISTEN news";

    /** Sends as many notifications as its parameter says. */
    public static final String ANNOUNCE =
            "SELECT count(pg_notify('news', 'number ' || n)) FROM generate_series(1, $1::int4) AS n";

    /** The name that a batch's row has. */
    public static String name(int id) {
        return "event number " + id;
    }

    /** All rows of a batch, as {@link #COPY} takes them. */
    static byte[] copied() {
        StringBuilder text = new StringBuilder();
        for (int id = 1; id <= BATCH; id++) {
            text.append(id).append('\t').append(name(id)).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private Tables() {}
}
