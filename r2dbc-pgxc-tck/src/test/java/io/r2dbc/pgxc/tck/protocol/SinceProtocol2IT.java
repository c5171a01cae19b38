// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.protocol;

import static io.r2dbc.pgxc.tck.Sandbox.ask;
import static io.r2dbc.pgxc.tck.Sandbox.get;
import static io.r2dbc.pgxc.tck.Sandbox.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.tck.Sandbox;
import io.r2dbc.pgxc.tck.WireTap;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendMessage.CopyInResponse;
import io.r2dbc.pgxc.wire.BackendMessage.CopyOutResponse;
import io.r2dbc.pgxc.wire.BackendMessage.FunctionCallResponse;
import io.r2dbc.pgxc.wire.BackendMessage.ParameterStatus;
import io.r2dbc.pgxc.wire.BackendMessage.ReadyForQuery;
import io.r2dbc.pgxc.wire.ClientMessage.FunctionCall;
import io.r2dbc.pgxc.wire.ClientMessage.Startup;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.pgxc.wire.TransactionStatus;
import io.r2dbc.spi.ConnectionFactories;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.PGConnection;
import org.postgresql.fastpath.Fastpath;
import org.postgresql.fastpath.FastpathArg;

/** What protocol 3.0 has and 2.0 had not, at a real server. */
@ExtendWith(StandingAsserts.class)
class SinceProtocol2IT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_since_protocol2");

    @Test
    @DisplayName(
            "[S7.1, S7.9] start-up is a list of names and values, settings among them; the server reports at start-up and on change")
    void startUp() {
        try (WireTap tap = WireTap.before(SANDBOX.endpoint())) {
            PgxcConnection connection =
                    SANDBOX.open(ConnectionFactories.get(SANDBOX.url(tap.endpoint(), "timeZone=Asia/Kolkata")));
            Map<String, String> parameters = tap.client(Startup.class).get(0).parameters();
            assertThat(parameters)
                    .containsEntry("user", SANDBOX.endpoint().user())
                    .containsEntry("application_name", "pgxc_since_protocol2")
                    .containsEntry("client_encoding", "UTF8");
            assertThat(reports(tap))
                    .containsEntry("TimeZone", "Asia/Kolkata")
                    .containsEntry("application_name", "pgxc_since_protocol2")
                    .containsKeys("server_version", "DateStyle", "integer_datetimes");

            tap.forget();
            run(connection, "SET application_name = 'changed'");
            assertThat(reports(tap)).isEqualTo(Map.of("application_name", "changed"));
            run(connection, "SET application_name = 'pgxc_since_protocol2'");
            get(connection.close());
        }
    }

    private static Map<String, String> reports(WireTap tap) {
        return tap.messages(ParameterStatus.class).stream()
                .collect(Collectors.toMap(ParameterStatus::name, ParameterStatus::value, (first, second) -> second));
    }

    @Test
    @DisplayName("[S7.4] ReadyForQuery says whether there is a transaction, and whether it has failed")
    void status() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            PgxcConnection connection = dialogue.connection();
            ask(connection, "SELECT 1");
            get(connection.beginTransaction());
            ask(connection, "SELECT 1");
            assertThat(dialogue.state("SELECT 1 / 0")).isEqualTo("22012");
            get(connection.rollbackTransaction());

            assertThat(dialogue.heard(ReadyForQuery.class))
                    .extracting(ReadyForQuery::status)
                    .containsExactly(
                            TransactionStatus.IDLE,
                            TransactionStatus.IN_TRANSACTION,
                            TransactionStatus.FAILED,
                            TransactionStatus.IDLE);
        }
    }

    @Test
    @DisplayName(
            "[S7.7] COPY data comes wrapped, row by row, with its formats in CopyOutResponse, its end in CopyDone and without \\.")
    void copyOut() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            assertCopyRefused(dialogue, "COPY (SELECT i, 'x' FROM generate_series(1, 3) i) TO STDOUT");

            assertThat(dialogue.heard()).isEqualTo("H d d d c C Z");
            assertThat(dialogue.tags()).containsExactly("COPY 3");
            CopyOutResponse response = dialogue.heard(CopyOutResponse.class).get(0);
            assertThat(response.format().binary()).isFalse();
            assertThat(response.format().columnFormats()).containsExactly((short) 0, (short) 0);
            assertThat(data(dialogue)).extracting(Octets::text).containsExactly("1\tx\n", "2\tx\n", "3\tx\n");
        }
    }

    @Test
    @DisplayName("[S7.7] COPY in binary: the format is announced, and the data begins with its signature")
    void copyBinary() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            assertCopyRefused(dialogue, "COPY (SELECT 1, 'x') TO STDOUT (FORMAT binary)");

            CopyOutResponse response = dialogue.heard(CopyOutResponse.class).get(0);
            assertThat(response.format().binary()).isTrue();
            assertThat(response.format().columnFormats()).containsExactly((short) 1, (short) 1);
            assertThat(data(dialogue).get(0).slice(0, 11)).isEqualTo(Octets.hex("5047434F50590AFF0D0A00"));
        }
    }

    @Test
    @DisplayName("[S7.7] a failure of either side in COPY is an error and ReadyForQuery, and the session goes on")
    void copyFails() {
        try (Overheard dialogue = Overheard.in(SANDBOX)) {
            assertCopyRefused(dialogue, "COPY (SELECT 6 / (2 - i) FROM generate_series(1, 3) i) TO STDOUT");
            assertThat(dialogue.heard()).isEqualTo("H d E Z");

            run(dialogue.connection(), "CREATE TEMP TABLE copied (i int, t text)");
            dialogue.forget();
            assertCopyRefused(dialogue, "COPY copied FROM STDIN");
            assertThat(dialogue.said()).isEqualTo("Q f");
            assertThat(dialogue.heard()).isEqualTo("G E Z");
            assertThat(dialogue.heard(CopyInResponse.class).get(0).format().columnFormats())
                    .hasSize(2);
            assertThat(ask(dialogue.connection(), "SELECT 42")).isEqualTo("42");
        }
    }

    private static void assertCopyRefused(Overheard dialogue, String sql) {
        assertThatThrownBy(() -> dialogue.state(sql)).isInstanceOf(UnsupportedOperationException.class);
    }

    private static List<Octets> data(Overheard dialogue) {
        return dialogue.tap().answers().stream()
                .filter(WireTap.Data.class::isInstance)
                .map(said -> ((WireTap.Data) said).octets())
                .toList();
    }

    @Test
    @SuppressWarnings("deprecation") // nobody but pgjdbc calls functions this way any more
    @DisplayName("[S7.8] FunctionCall and its response as pgjdbc and the server speak them: formats, values, and NULL")
    void functionCall() throws SQLException {
        try (WireTap tap = WireTap.before(SANDBOX.endpoint());
                java.sql.Connection connection =
                        DriverManager.getConnection(tap.endpoint().jdbcUrl() + "&sslmode=disable&gssEncMode=disable")) {
            tap.forget();
            Fastpath functions = connection.unwrap(PGConnection.class).getFastpathAPI();
            byte[] length = functions.fastpath(oid("octet_length(text)"), new FastpathArg[] {new FastpathArg("four")});
            byte[] nothing =
                    functions.fastpath(oid("to_regclass(text)"), new FastpathArg[] {new FastpathArg("missing")});

            assertThat(length).containsExactly(0, 0, 0, 4);
            assertThat(nothing).isNull();
            FunctionCall call = tap.client(FunctionCall.class).get(0);
            assertThat(call.functionOid()).isEqualTo(oid("octet_length(text)"));
            assertThat(call.arguments()).containsExactly(Octets.of("four"));
            assertThat(tap.messages(FunctionCallResponse.class))
                    .extracting(FunctionCallResponse::value)
                    .containsExactly(length, nothing);
        }
    }

    private static int oid(String function) {
        return Integer.parseInt(String.valueOf(
                SANDBOX.jdbc().queryForObject("SELECT ?::regprocedure::oid::text", String.class, function)));
    }
}
