// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck;

import static io.r2dbc.pgxc.tck.Sandbox.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.PgxcRow;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcException;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;

/** The getters of a row that make no objects. */
@ExtendWith(StandingAsserts.class)
class PrimitivesIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_primitives");

    private static void reads(String sql, Function<PgxcRow, Object> mapping, Object expected) {
        PgxcConnection connection = SANDBOX.open();
        assertThat(one(connection, sql, mapping)).as("in text").isEqualTo(expected);
        assertThat(one(connection, sql, mapping)).as("in binary").isEqualTo(expected);
    }

    private static <T> T one(PgxcConnection connection, String sql, Function<PgxcRow, T> mapping) {
        return get(Flux.from(connection.createStatement(sql).execute())
                .concatMap(result -> result.map((row, metadata) -> mapping.apply((PgxcRow) row)))
                .single());
    }

    @Test
    @DisplayName("[X30] integers, floats, decimals and truth values, in text and in binary")
    void reads() {
        String sql =
                "SELECT 1::int2, 2::int4, 3::int8, 4.00::numeric, 5::float8, 2.5::float4, true, NULL::int4, 7::oid";
        reads(sql, row -> row.getInt(0) + row.getInt(1) + row.getInt(2) + row.getInt(3) + row.getInt(4), 15);
        reads(sql, row -> row.getLong(0) + row.getLong(2) + row.getLong(8), 11L);
        reads(sql, row -> row.getDouble(1) + row.getDouble(3) + row.getDouble(4) + row.getDouble(5), 13.5);
        reads(sql, row -> row.getBoolean(6), true);
        reads(sql, row -> row.isNull(7) && !row.isNull(0), true);
    }

    @Test
    @DisplayName(
            "[X31] what a primitive cannot hold is an error for that value: NULL, an overflow, a loss, another type")
    void refuses() {
        refuses("SELECT NULL::int4", row -> row.getInt(0), "NULL");
        refuses("SELECT NULL::bool", row -> row.getBoolean(0), "NULL");
        refuses("SELECT 2147483648", row -> row.getInt(0), "2147483648");
        refuses("SELECT 2.5", row -> row.getLong(0), "2.5");
        refuses("SELECT 9007199254740993", row -> row.getDouble(0), "9007199254740993");
        refuses("SELECT 'x'::text", row -> row.getInt(0), "text");
        refuses("SELECT 1", row -> row.getBoolean(0), "Boolean");
        PgxcConnection connection = SANDBOX.open();
        assertThatThrownBy(() -> one(connection, "SELECT 1", row -> row.getInt(1)))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static void refuses(String sql, Function<PgxcRow, Object> mapping, String word) {
        PgxcConnection connection = SANDBOX.open();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> one(connection, sql, mapping))
                    .isInstanceOf(R2dbcException.class)
                    .hasMessageContaining("column 0")
                    .hasMessageContaining(word);
        }
    }

    @Test
    @DisplayName("[X30] precision and scale are those of the type's modifier")
    void describes() {
        String sql = "SELECT 1::numeric(12,2), 'a'::varchar(7), 'a'::char(3), B'101'::bit(3), B'1'::varbit(9),"
                + " now()::timestamp(3), '1s'::interval(2), now()::timestamptz, 1.5::numeric, 'x'::text";
        PgxcConnection connection = SANDBOX.open();
        String described = get(Flux.from(connection.createStatement(sql).execute())
                .concatMap(result -> result.map((row, metadata) -> metadata.getColumnMetadatas().stream()
                        .map(column -> column.getPrecision() + "/" + column.getScale())
                        .toList()
                        .toString()))
                .single());
        assertThat(described)
                .isEqualTo("[12/2, 7/null, 3/null, 3/null, 9/null, null/3, null/2, null/null, null/null, null/null]");
    }
}
