// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.copy;

import static io.r2dbc.pgxc.tck.Sandbox.ask;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static io.r2dbc.pgxc.tck.Sandbox.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.tck.Sandbox;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;

/** Calls past SQL, as a server answers them. */
@ExtendWith(StandingAsserts.class)
class FunctionCallIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("function_call_it");

    private static int oid(Connection connection, String signature) {
        return Integer.parseInt(ask(connection, "select '" + signature + "'::regprocedure::oid::int"));
    }

    @Test
    @DisplayName("[S2.4.1, S2.4.2] arguments and values of many types, in text and in binary, NULL among them")
    void calls() {
        PgxcConnection connection = SANDBOX.open();
        int length = oid(connection, "length(text)");
        assertThat(get(connection.functionCall(length, Integer.class, "seven"))).isEqualTo(5);
        assertThat(get(connection.functionCall(length, PgType.INT4, Integer.class, "seven")))
                .isEqualTo(5);
        assertThat(get(connection.functionCall(length, Integer.class, (Object) null)))
                .isNull();
        int absolute = oid(connection, "int8abs(int8)");
        assertThat(get(connection.functionCall(absolute, Long.class, -7L))).isEqualTo(7);
        assertThat(get(connection.functionCall(absolute, Long.class, Parameters.in(PgType.INT8, -7))))
                .isEqualTo(7);
        assertThat(get(connection.functionCall(absolute, PgType.INT8, Integer.class, "-7")))
                .isEqualTo(7);
        int sum = oid(connection, "numeric_add(numeric, numeric)");
        assertThat(get(connection.functionCall(sum, BigDecimal.class, new BigDecimal("1.25"), new BigDecimal("2"))))
                .isEqualByComparingTo("3.25");
        int md5 = oid(connection, "sha256(bytea)");
        byte[] text = "abc".getBytes(StandardCharsets.UTF_8);
        assertThat(get(connection.functionCall(md5, byte[].class, text)))
                .isEqualTo(get(connection.functionCall(md5, PgType.BYTEA, byte[].class, text)))
                .hasSize(32);
        int uuid = oid(connection, "gen_random_uuid()");
        assertThat(get(connection.functionCall(uuid, UUID.class))).isNotNull();
        assertThat(get(connection.functionCall(uuid, PgType.UUID, UUID.class))).isNotNull();
        int now = oid(connection, "now()");
        assertThat(get(connection.functionCall(now, OffsetDateTime.class))).isAfter("2020-01-01T00:00:00Z");
        assertThat(get(connection.functionCall(now, String.class))).startsWith("2");
    }

    @Test
    @DisplayName("[S2.4.3, X2] a hundred calls among statements, in one line, each with its own answer")
    void pipelined() {
        PgxcConnection connection = SANDBOX.open();
        int absolute = oid(connection, "int4abs(int4)");
        Flux<Integer> answers = Flux.range(1, 100)
                .flatMapSequential(
                        i -> i % 3 == 0
                                ? Flux.from(connection
                                                .createStatement("select " + i)
                                                .execute())
                                        .concatMap(result -> result.map(row -> row.get(0, Integer.class)))
                                : connection.functionCall(absolute, Integer.class, -i),
                        100);
        assertThat(get(answers.collectList()))
                .isEqualTo(IntStream.rangeClosed(1, 100).boxed().toList());
    }

    @Test
    @DisplayName("[S2.4.1, X17] in a transaction begun for it; its error ends the transaction, and not the connection")
    void inTransaction() {
        PgxcConnection connection = SANDBOX.open();
        run(connection, "create table called (a int)");
        run(connection, "create function call_it(a int) returns void language sql as 'insert into called values (a)'");
        int function = oid(connection, "call_it(int)");
        get(connection.beginTransaction());
        get(connection.functionCall(function, String.class, 1));
        get(connection.rollbackTransaction());
        assertThat(ask(connection, "select count(*) from called")).isEqualTo("0");
        get(connection.beginTransaction());
        assertThatThrownBy(() -> get(connection.functionCall(4711, String.class, 1)))
                .satisfies(e -> assertThat(((R2dbcException) e).getSqlState()).isEqualTo("42883"));
        assertThatThrownBy(() -> ask(connection, "select 1")).cause().hasMessageContaining("4711");
        get(connection.rollbackTransaction());
        get(connection.functionCall(function, String.class, 1));
        assertThat(ask(connection, "select count(*) from called")).isEqualTo("1");
    }
}
