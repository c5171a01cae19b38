// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.sample;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Readable;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The table of readings: six columns, filled by the server itself.
 */
final class ReadingTable {

    static final String SELECT = "SELECT id, serial, label, taken, amount, level FROM pgxc_sample_reading";

    private static final String CREATE = """
            CREATE TABLE IF NOT EXISTS pgxc_sample_reading (
                id int4 PRIMARY KEY, serial int8 NOT NULL, label text NOT NULL,
                taken timestamptz NOT NULL, amount numeric(12,2) NOT NULL, level float8 NOT NULL)""";

    private static final String FILL = """
            INSERT INTO pgxc_sample_reading
            SELECT n, n * 1000003::int8, substr(md5(n::text), 1, 20),
                timestamptz '2026-01-01 00:00:00+00' + n * interval '1.5 seconds',
                (n * 7919::int8 % 10000000) / 100.0, sin(n)
            FROM generate_series(1, $1) AS n""";

    /** A row's DataRow message is 31 bytes and the values; of every 97th row is enough to know its size. */
    private static final String FACTS = """
            SELECT count(*), sum(id::int8),
                avg(31 + octet_length(id::text) + octet_length(serial::text) + octet_length(label)
                    + octet_length(taken::text) + octet_length(amount::text) + octet_length(level::text))
                    FILTER (WHERE id % 97 = 1),
                avg(31 + octet_length(int4send(id)) + octet_length(int8send(serial)) + octet_length(textsend(label))
                    + octet_length(timestamptz_send(taken)) + octet_length(numeric_send(amount))
                    + octet_length(float8send(level))) FILTER (WHERE id % 97 = 1)
            FROM pgxc_sample_reading""";

    private ReadingTable() {}

    /**
     * What the server says about the table.
     *
     * @param rows how many
     * @param idSum the sum of their ids
     * @param textSize average length of a row's message, in bytes, with all values as text
     * @param binarySize the same with all values in their binary form
     */
    record Facts(long rows, long idSum, double textSize, double binarySize) {}

    /** Makes the table have that many rows, unless it has them already. */
    static Mono<Facts> ensure(Connection connection, int rows) {
        return run(connection, CREATE)
                .then(facts(connection))
                .filter(facts -> facts.rows() == rows)
                .switchIfEmpty(refill(connection, rows).then(facts(connection)));
    }

    private static Mono<Void> refill(Connection connection, int rows) {
        Mono<Void> fill = Flux.from(
                        connection.createStatement(FILL).bind(0, rows).execute())
                .flatMap(result -> result.getRowsUpdated())
                .then();
        return Flux.concat(
                        run(connection, "TRUNCATE pgxc_sample_reading"),
                        fill,
                        run(connection, "VACUUM ANALYZE pgxc_sample_reading"))
                .then();
    }

    private static Mono<Facts> facts(Connection connection) {
        return one(
                connection,
                FACTS,
                row -> new Facts(
                        row.get(0, Long.class),
                        number(row, 1).longValue(),
                        number(row, 2).doubleValue(),
                        number(row, 3).doubleValue()));
    }

    /** Sums and averages over no rows are NULL. */
    private static Number number(Readable row, int index) {
        Object value = row.get(index);
        return value instanceof Number number ? number : 0;
    }

    /** The one row that a statement answers. */
    static <T> Mono<T> one(Connection connection, String sql, Function<Readable, T> mapping) {
        return Flux.from(connection.createStatement(sql).execute())
                .flatMap(result -> result.map(mapping))
                .single();
    }

    private static Mono<Void> run(Connection connection, String sql) {
        return Flux.from(connection.createStatement(sql).execute())
                .flatMap(result -> result.getRowsUpdated())
                .then();
    }

    /** The columns' types, to be printed. */
    static List<String> types() {
        return List.of("int4", "int8", "text", "timestamptz", "numeric(12,2)", "float8");
    }
}
