// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck;

import static io.r2dbc.pgxc.tck.Sandbox.all;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.tck.server.TestServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.value.Interval;
import io.r2dbc.pgxc.wire.ClientMessage.Bind;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.Row;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** What {@code row.get} gives to those who name no class, as mapping libraries do, and to those who name one. */
@ExtendWith(StandingAsserts.class)
class RowDefaultsIT {

    private final WireTap tap = WireTap.before(TestServer.shared().endpoint());
    private Connection connection;

    @BeforeEach
    void connect() {
        connection = get(ConnectionFactories.get(tap.endpoint().r2dbcUrl() + "?timeZone=UTC")
                .create());
    }

    @AfterEach
    void disconnect() {
        get(connection.close());
        tap.close();
    }

    /** A built-in type, one of its values, and the class it is read as. */
    private enum Type {
        BOOL("true", Boolean.class),
        INT2("7::int2", Short.class),
        INT4("7", Integer.class),
        INT8("7::int8", Long.class),
        OID("7::oid", Long.class),
        FLOAT4("1.5::float4", Float.class),
        FLOAT8("1.5::float8", Double.class),
        NUMERIC("1.50", BigDecimal.class),
        TEXT("'a'::text", String.class),
        VARCHAR("'a'::varchar(3)", String.class),
        BPCHAR("'a'::char(3)", String.class),
        CHAR("'a'::\"char\"", String.class),
        NAME("'a'::name", String.class),
        UNKNOWN("'a'", String.class),
        BYTEA("'\\x0102'::bytea", ByteBuffer.class),
        UUID_("'123e4567-e89b-12d3-a456-426614174000'::uuid", UUID.class),
        DATE("'2024-02-29'::date", LocalDate.class),
        TIME("'12:34:56'::time", LocalTime.class),
        TIMETZ("'12:34:56+02'::timetz", OffsetTime.class),
        TIMESTAMP("'2024-02-29 12:34:56'::timestamp", LocalDateTime.class),
        TIMESTAMPTZ("'2024-02-29 12:34:56+02'::timestamptz", OffsetDateTime.class),
        INTERVAL("'1 mon 2 days'::interval", Interval.class),
        JSON("'{\"a\": 1}'::json", String.class),
        JSONB("'{\"a\": 1}'::jsonb", String.class),
        INET("'::ffff:10.0.0.1'::inet", InetAddress.class),
        BOOL_ARRAY("'{t,NULL}'::bool[]", Boolean[].class),
        INT2_ARRAY("'{1,NULL}'::int2[]", Short[].class),
        INT4_ARRAY("'{1,NULL}'::int4[]", Integer[].class),
        INT8_ARRAY("'{1,NULL}'::int8[]", Long[].class),
        OID_ARRAY("'{1,NULL}'::oid[]", Long[].class),
        FLOAT4_ARRAY("'{1.5,NULL}'::float4[]", Float[].class),
        FLOAT8_ARRAY("'{1.5,NULL}'::float8[]", Double[].class),
        NUMERIC_ARRAY("'{1.5,NULL}'::numeric[]", BigDecimal[].class),
        TEXT_ARRAY("'{a,NULL}'::text[]", String[].class),
        VARCHAR_ARRAY("'{a,NULL}'::varchar[]", String[].class),
        BPCHAR_ARRAY("'{a,NULL}'::bpchar[]", String[].class),
        CHAR_ARRAY("'{a,NULL}'::\"char\"[]", String[].class),
        NAME_ARRAY("'{a,NULL}'::name[]", String[].class),
        BYTEA_ARRAY("'{\\\\x01,NULL}'::bytea[]", ByteBuffer[].class),
        UUID_ARRAY("'{123e4567-e89b-12d3-a456-426614174000,NULL}'::uuid[]", UUID[].class),
        DATE_ARRAY("'{2024-02-29,NULL}'::date[]", LocalDate[].class),
        TIME_ARRAY("'{12:34,NULL}'::time[]", LocalTime[].class),
        TIMETZ_ARRAY("'{12:34+02,NULL}'::timetz[]", OffsetTime[].class),
        TIMESTAMP_ARRAY("'{2024-02-29 12:34,NULL}'::timestamp[]", LocalDateTime[].class),
        TIMESTAMPTZ_ARRAY("'{2024-02-29 12:34+02,NULL}'::timestamptz[]", OffsetDateTime[].class),
        INET_ARRAY("'{10.0.0.1,NULL,::1}'::inet[]", InetAddress[].class),
        INTERVAL_ARRAY("'{1 mon,NULL}'::interval[]", Interval[].class),
        JSON_ARRAY("'{1,NULL}'::json[]", String[].class),
        JSONB_ARRAY("'{1,NULL}'::jsonb[]", String[].class),
        TWO_DIMENSIONS("'{{1,2},{3,4}}'::int4[]", Integer[][].class);

        private final String sql;
        private final Class<?> javaType;

        Type(String sql, Class<?> javaType) {
            this.sql = sql;
            this.javaType = javaType;
        }
    }

    /** One row as a mapping library reads it. */
    private record Seen(Object byIndex, Object byName, Object asObject, String asString, Class<?> described) {}

    @ParameterizedTest(name = "[X30, X8] {0}")
    @EnumSource
    @DisplayName("[X30, X8] the class of a value is the same from text, the first time, as from binary, later")
    void defaults(Type type) {
        Seen first = read(type);
        assertThat(tap.client(Bind.class).get(0).resultFormats()).isEmpty();
        tap.forget();
        Seen later = read(type);
        assertThat(tap.client(Bind.class).get(0).resultFormats()).containsExactly(1);

        assertThat(first.byIndex()).isInstanceOf(type.javaType);
        assertThat(List.of(first.byName(), first.asObject(), later.byIndex(), later.byName(), later.asObject()))
                .usingRecursiveFieldByFieldElementComparator()
                .containsOnly(first.byIndex());
        assertThat(later.asString()).isEqualTo(first.asString());
        Class<?> element = type == Type.TWO_DIMENSIONS ? Integer[].class : type.javaType;
        assertThat(first.described()).isEqualTo(later.described()).isEqualTo(element);
    }

    private Seen read(Type type) {
        return one("SELECT " + type.sql + " AS \"Value\", NULL::int4", row -> {
            assertThat(row.get(1)).isNull();
            return new Seen(
                    row.get(0),
                    row.get("vALUE"),
                    row.get(0, Object.class),
                    row.get(0, String.class),
                    row.getMetadata().getColumnMetadata(0).getJavaType());
        });
    }

    @ParameterizedTest(name = "[X30] {0}")
    @ValueSource(strings = {"int2", "int4", "int8", "oid", "float4", "float8", "numeric"})
    @DisplayName("[X30] any number is read as any other, in both formats")
    void numbers(String type) {
        for (int execution = 1; execution <= 2; execution++) {
            List<Number> values = one(
                    "SELECT 42::" + type,
                    row -> List.of(
                            row.get(0, Byte.class),
                            row.get(0, Short.class),
                            row.get(0, Integer.class),
                            row.get(0, Long.class),
                            row.get(0, Float.class),
                            row.get(0, Double.class),
                            row.get(0, BigInteger.class),
                            row.get(0, BigDecimal.class),
                            row.get(0, Number.class)));

            assertThat(values)
                    .allSatisfy(value -> assertThat(value.doubleValue()).isEqualTo(42));
        }
    }

    @Test
    @DisplayName("[X30, X31] a number that does not fit is an error for that value alone, in both formats")
    void overflow() {
        for (int execution = 1; execution <= 2; execution++) {
            boolean read = one("SELECT 40000, 1.5, 'NaN'::numeric, 9223372036854775808", row -> {
                assertFails(() -> row.get(0, Short.class));
                assertFails(() -> row.get(2, BigDecimal.class));
                assertFails(() -> row.get(3, Long.class));
                assertThat(row.get(0, Integer.class)).isEqualTo(40_000);
                assertThat(row.get(2, Double.class)).isNaN();
                return true;
            });
            assertThat(read).isTrue();
        }
        assertThat(Sandbox.ask(connection, "SELECT 'still here'")).isEqualTo("still here");
    }

    @Test
    @DisplayName("[X30, X31] a network read as an address is an error that says how to read it, in both formats")
    void network() {
        for (int execution = 1; execution <= 2; execution++) {
            List<Object> read = one("SELECT '10.1.2.3/8'::inet AS home, '10.1.2.3'::inet", row -> {
                for (Class<?> type : List.of(Object.class, InetAddress.class)) {
                    assertThatThrownBy(() -> row.get("home", type))
                            .isInstanceOf(R2dbcDataIntegrityViolationException.class)
                            .hasMessageContaining("column 0 \"home\" of type inet")
                            .hasMessageContaining("java.net.InetAddress, read it as String");
                }
                return List.of(row.get(0, String.class), row.get(1));
            });
            assertThat(read).containsExactly("10.1.2.3/8", address(10, 1, 2, 3));
        }
        assertThat(Sandbox.ask(connection, "SELECT 'still here'")).isEqualTo("still here");
    }

    private static InetAddress address(int... octets) {
        byte[] bytes = new byte[octets.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) octets[i];
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static void assertFails(Runnable reading) {
        assertThatThrownBy(reading::run).isInstanceOf(R2dbcDataIntegrityViolationException.class);
    }

    private <T> T one(String sql, Function<Row, T> mapping) {
        List<T> rows = all(Flux.from(connection.createStatement(sql).execute())
                .concatMap(result -> result.map((row, metadata) -> mapping.apply(row))));
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }
}
