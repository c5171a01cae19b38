// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck;

import static io.r2dbc.pgxc.tck.Sandbox.all;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.codec.CodecCase;
import io.r2dbc.pgxc.codec.CodecCases;
import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.codec.Encoding;
import io.r2dbc.pgxc.codec.Format;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.tck.server.TestServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import io.r2dbc.pgxc.wire.ClientMessage.Bind;
import io.r2dbc.pgxc.wire.ClientMessage.Parse;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.Statement;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

/** The table of values that the codecs are tested with, line by line against a server: what it sends is what the table says. */
@ExtendWith(StandingAsserts.class)
class CodecTableIT {

    private static final int MAJOR = TestServer.shared().versionNum() / 10_000;

    private static WireTap tap;
    private static Connection connection;

    @BeforeAll
    static void connect() {
        tap = WireTap.before(TestServer.shared().endpoint());
        connection = get(ConnectionFactories.get(tap.endpoint().r2dbcUrl() + "?timeZone=UTC")
                .create());
    }

    @AfterAll
    static void disconnect() {
        get(connection.close());
        tap.close();
    }

    static Stream<CodecCase> cases() {
        return CodecCases.all().stream().filter(row -> row.since() <= MAJOR);
    }

    static Stream<CodecCase> writable() {
        return cases().filter(CodecCase::writes);
    }

    @ParameterizedTest(name = "[X30, X8, G9] {0}")
    @MethodSource("cases")
    @DisplayName(
            "[X30, X8, G9] a value is read from text first and from binary later, bytes and Java value as in the table")
    void reads(CodecCase row) {
        // another line may have the same literal for another class; the comment makes it another statement
        String sql = "SELECT " + literal(row) + " /* as " + row.target().getName() + " */";

        reads(row, sql, Format.TEXT);
        assertThat(describedOid()).isEqualTo(row.oid());
        reads(row, sql, row.hex() == null ? Format.TEXT : Format.BINARY);
    }

    private static void reads(CodecCase row, String sql, Format format) {
        tap.forget();
        List<?> values = first(connection.createStatement(sql), row.target());

        assertThat(values).hasSize(1);
        assertThat(row.matches(values.get(0)))
                .as("%s gave %s", row, values.get(0))
                .isTrue();
        assertThat(tap.client(Bind.class)).hasSize(1);
        assertThat(tap.client(Bind.class).get(0).resultFormats()).isEqualTo(codes(format));
        assertThat(tap.rows()).hasSize(1);
        assertThat(tap.rows().get(0).values()).containsExactly(Octets.of(row.bytes(format)));
    }

    private static int describedOid() {
        return tap.messages(RowDescription.class).get(0).columns().get(0).typeOid();
    }

    @ParameterizedTest(name = "[X10] {0}")
    @MethodSource("writable")
    @DisplayName(
            "[X10] a value bound as a parameter of the type, in binary where the driver writes it, is the literal's value")
    void writes(CodecCase row) {
        Encoding encoding = CodecRegistry.standard().encoding(row.value(), row.oid());
        tap.forget();
        Statement statement = connection
                .createStatement("SELECT ARRAY[$1::" + type(row) + "::text, " + literal(row) + "::text]")
                .bind(0, Parameters.in(PgType.of(row.oid()), row.value()));
        List<String[]> answers = first(statement, String[].class);

        assertThat(answers).hasSize(1);
        assertThat(answers.get(0)[0]).isNotNull().isEqualTo(answers.get(0)[1]);
        Bind bind = tap.client(Bind.class).get(0);
        assertThat(bind.formats()).isEqualTo(codes(encoding.format()));
        if (encoding.format() == Format.BINARY) {
            assertThat(bind.values()).containsExactly(Octets.of(row.bytes(Format.BINARY)));
        }
        List<Parse> parses = tap.client(Parse.class);
        assertThat(parses)
                .allSatisfy(parse -> assertThat(parse.parameterTypes()).containsExactly(row.oid()));
    }

    @ParameterizedTest(name = "[X10, X32] {0}")
    @MethodSource("cases")
    @DisplayName("[X10, X32] the text of every value, bound as a String of the type, is the literal's value")
    void writesText(CodecCase row) {
        String text = new String(row.bytes(Format.TEXT), StandardCharsets.UTF_8);
        tap.forget();
        Statement statement = connection
                .createStatement("SELECT ARRAY[$1::" + type(row) + "::text, " + literal(row) + "::text] -- from text")
                .bind(0, Parameters.in(PgType.of(row.oid()), text));
        List<String[]> answers = first(statement, String[].class);

        assertThat(answers).hasSize(1);
        assertThat(answers.get(0)[0]).isNotNull().isEqualTo(answers.get(0)[1]);
        Bind bind = tap.client(Bind.class).get(0);
        assertThat(bind.formats()).isEmpty();
        assertThat(bind.values()).containsExactly(Octets.of(row.bytes(Format.TEXT)));
    }

    private static <T> List<T> first(Statement statement, Class<T> type) {
        return all(Flux.from(statement.execute()).concatMap(result -> result.map((row, metadata) -> row.get(0, type))));
    }

    private static String literal(CodecCase row) {
        return "'" + row.literal().replace("'", "''") + "'::" + type(row);
    }

    /** Without quotes the word bit means a single bit. */
    private static String type(CodecCase row) {
        return row.sqlType().equals("bit") ? "\"bit\"" : row.sqlType();
    }

    private static List<Integer> codes(Format format) {
        return format == Format.TEXT ? List.of() : List.of(1);
    }
}
