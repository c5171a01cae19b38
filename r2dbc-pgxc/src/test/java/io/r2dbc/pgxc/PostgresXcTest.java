// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.IDLE;
import static io.r2dbc.pgxc.Answers.OPEN;
import static io.r2dbc.pgxc.Answers.TEXT_COLUMN;
import static io.r2dbc.pgxc.Answers.answered;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Answers.selected;
import static io.r2dbc.pgxc.Dialogue.SOON;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.Dialogue.texts;
import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.INT8;
import static io.r2dbc.pgxc.testing.ServerMessages.authenticationOk;
import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.keyData;
import static io.r2dbc.pgxc.testing.ServerMessages.parameter;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.testing.Greeting;
import io.r2dbc.pgxc.testing.Script;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendEncoder;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationCleartextPassword;
import io.r2dbc.pgxc.wire.BackendMessage.ErrorResponse;
import io.r2dbc.pgxc.wire.ClientMessage.Bind;
import io.r2dbc.pgxc.wire.ClientMessage.Parse;
import io.r2dbc.pgxc.wire.ClientMessage.Startup;
import io.r2dbc.pgxc.wire.ErrorFields;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** What a coordinator of Postgres-XC says differently from PostgreSQL, as far as it shows in the protocol. */
@ExtendWith(StandingAsserts.class)
class PostgresXcTest {

    private static Dialogue coordinator(String version, Consumer<Script> script) {
        return Dialogue.on(
                ScriptedServer.start(
                        begun -> script.accept(begun.expectStartup().send(greeting(version)))),
                options -> {});
    }

    private static Octets greeting(String version) {
        return Octets.join(
                authenticationOk(),
                parameter("server_version", version),
                parameter("server_encoding", "UTF8"),
                parameter("client_encoding", "UTF8"),
                parameter("DateStyle", "ISO, MDY"),
                parameter("TimeZone", "UTC"),
                parameter("integer_datetimes", "on"),
                keyData(Greeting.PROCESS_ID, Greeting.SECRET_KEY),
                ready());
    }

    @ParameterizedTest(name = "[S9.5, S1.3.5] {0}")
    @ValueSource(strings = {"1.0.4", "1.1.1", "1.2.1", "9.3.10"})
    @DisplayName("[S9.5, S1.3.5] text is asked for in all columns, also when their types are known")
    void textResults(String version) {
        Octets answer = Octets.join(bindComplete(), row("8", "9"), complete("SELECT 1"), ready());
        try (Dialogue dialogue = coordinator(
                version,
                script -> script.expect("P D B E S")
                        .send(prepared(column("a", INT4), column("b", INT8)), answer)
                        .expect("B E S")
                        .send(answer))) {
            Flux<Long> sum = dialogue.connection()
                    .createStatement("select a, b from t")
                    .execute()
                    .concatMap(result -> result.map(row -> row.get(0, Integer.class) + row.get(1, Long.class)));
            assertThat(completed(begin(sum))).containsExactly(17L);
            assertThat(completed(begin(sum))).containsExactly(17L);
            assertThat(dialogue.said(Bind.class))
                    .extracting(Bind::resultFormats)
                    .containsExactly(List.of(), List.of());
        }
    }

    @Test
    @DisplayName("[S9.2, S9.14] a session is opened with protocol 3.0, and nothing is asked before")
    void protocol() {
        try (Dialogue dialogue = coordinator("1.2.1", script -> script.expectGoodbye())) {
            Startup first = (Startup) dialogue.server().received(0).get(0);
            assertThat(first.protocolVersion()).isEqualTo(0x0003_0000);
            assertThat(first.parameters().keySet())
                    .contains("user", "client_encoding")
                    .noneMatch(name -> name.startsWith("_pq_.") || name.equals("replication"));
            assertThat(dialogue.server().receivedTypes()).isEqualTo("startup");
        }
    }

    @Test
    @DisplayName(
            "[S9.14] a password that the server finds too long ends the attempt, and it is said that the server has left")
    void longPassword() {
        try (ScriptedServer server = ScriptedServer.start(script -> script.expectStartup()
                .send(new AuthenticationCleartextPassword())
                .expect("p")
                .closeNow())) {
            Throwable refusal = failed(begin(new PgxcConnectionFactory(PgxcConfiguration.builder()
                            .host(server.host())
                            .port(server.port())
                            .user("alice")
                            .password("x".repeat(996))
                            .build())
                    .create()));
            assertThat(refusal).isInstanceOf(R2dbcNonTransientResourceException.class);
            assertThat(((R2dbcException) refusal).getSqlState()).startsWith("08");
        }
    }

    @Test
    @DisplayName(
            "[S9.3, S9.6] a datanode's error comes with severity, SQLSTATE, message and detail, and that is enough")
    void reducedErrors() {
        ErrorResponse reduced = new ErrorResponse(ErrorFields.of(
                Map.of('S', "ERROR", 'C', "23505", 'M', "duplicate key", 'D', "Key (id)=(1) already exists.")));
        try (Dialogue dialogue = coordinator(
                "1.2.1",
                script -> script.expect("P D B E S")
                        .send(prepared(), bindComplete(), BackendEncoder.encode(reduced), ready())
                        .expect("P D B E S")
                        .send(firstSelected("x")))) {
            Throwable failure = failed(begin(dialogue.update("insert into t values (1)")));
            assertThat(failure).isInstanceOf(R2dbcDataIntegrityViolationException.class);
            PgxcErrorDetails details = ((PgxcException) failure).getErrorDetails();
            assertThat(details).isNotNull();
            assertThat(details.severity()).isEqualTo("ERROR");
            assertThat(details.detail()).isEqualTo("Key (id)=(1) already exists.");
            assertThat(details.constraint()).isNull();
            assertThat(details.position()).isNull();
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
        }
    }

    @Test
    @DisplayName("[S9.7] OIDs that one coordinator gave are not used with another one, of the same factory")
    void oidsOfOneSession() {
        Consumer<Script> script = begun -> begun.expect("P D B E S");
        try (Dialogue dialogue = Dialogue.onTwoConnections(
                begun -> answer(script, begun, 9_400), begun -> answer(script, begun, 9_500))) {
            PgxcConnection other = dialogue.factory().create().block(SOON);
            assertThat(types(dialogue.connection())).containsExactly(9_400);
            assertThat(types(other)).containsExactly(9_500);
            assertThat(dialogue.said(Parse.class))
                    .extracting(Parse::parameterTypes)
                    .containsExactly(List.of(0), List.of(0));
            other.close().block(SOON);
        }
    }

    private static void answer(Consumer<Script> question, Script script, int oid) {
        question.accept(script);
        script.send(prepared(new int[] {oid}, column("mood", oid)), selected("happy"), ready());
    }

    private static List<Object> types(PgxcConnection connection) {
        return completed(begin(connection
                .createStatement("select mood from t where mood = $1")
                .bind(0, "happy")
                .execute()
                .concatMap(result -> result.map((row, columns) -> {
                    assertThat(row.get(0, String.class)).isEqualTo("happy");
                    return columns.getColumnMetadata(0).getNativeTypeMetadata();
                }))));
    }

    @Test
    @DisplayName("[S9.11] that savepoints are not supported is told as the server says it, and the session goes on")
    void savepoints() {
        try (Dialogue dialogue = coordinator(
                "1.2.1",
                script -> script.expectQuery("BEGIN")
                        .send(answered("BEGIN", OPEN))
                        .expectQuery("SAVEPOINT \"s\"")
                        .send(error("54001", "SAVEPOINT is not yet supported."), ready(Answers.FAILED))
                        .expectQuery("ROLLBACK")
                        .send(answered("ROLLBACK", IDLE))
                        .expect("P D B E S")
                        .send(prepared(TEXT_COLUMN), selected("x"), ready()))) {
            Throwable failure = failed(begin(dialogue.connection().createSavepoint("s")));
            assertThat(failure)
                    .isNotInstanceOf(R2dbcNonTransientResourceException.class)
                    .hasMessageContaining("SAVEPOINT is not yet supported.");
            assertThat(((R2dbcException) failure).getSqlState()).isEqualTo("54001");
            dialogue.connection().rollbackTransaction().block(SOON);
            assertThat(completed(begin(texts(dialogue.connection().createStatement("select 'x'")))))
                    .containsExactly("x");
        }
    }
}
