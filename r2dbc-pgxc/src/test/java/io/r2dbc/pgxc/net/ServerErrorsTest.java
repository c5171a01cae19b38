// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
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
import static io.r2dbc.pgxc.wire.BackendEncoder.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.EmbeddedConnection;
import io.r2dbc.pgxc.PgxcErrorDetails;
import io.r2dbc.pgxc.PgxcException;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors and tags of any shape: the statement hears of it, and the session goes on. */
@ExtendWith(StandingAsserts.class)
final class ServerErrorsTest {

    private final EmbeddedConnection client = EmbeddedConnection.open();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    @DisplayName(
            "[A12, S8.22, S6.1, S6.6] an error of any shape has an SQLSTATE and a message, and the session goes on")
    void shapes() {
        Map<String, Octets> shapes = new LinkedHashMap<>();
        shapes.put("no field", fields());
        shapes.put("no SQLSTATE", fields("SERROR", "Mbad"));
        shapes.put("a bad SQLSTATE", fields("SERROR", "Cxyz", "Mbad"));
        shapes.put("no V, as of old servers", fields("SERREUR", "C22012", "Mbad"));
        shapes.put("unknown fields", fields("SERROR", "C22012", "Mbad", "Yfuture", "\u007f?"));
        shapes.put("repeated fields", fields("SERROR", "C22012", "C42601", "Mbad", "Mother"));
        shapes.put("a position that is none", fields("SERROR", "C22012", "Mbad", "Pabc", "L-"));
        shapes.put("a megabyte", fields("SERROR", "C22012", "M" + "x".repeat(1 << 20)));
        shapes.put("not UTF-8", frame('E', Octets.join(Octets.of("SERROR\0C22012\0M"), Octets.hex("C3 28 FF 00 00"))));
        shapes.forEach((how, bytes) -> {
            Throwable failure = failureOf(bytes);
            assertThat(failure).as(how).isInstanceOf(R2dbcException.class);
            assertThat(failure).as(how).isNotInstanceOf(R2dbcNonTransientResourceException.class);
            assertThat(((R2dbcException) failure).getSqlState()).as(how).hasSize(5);
            assertThat(failure.getMessage()).as(how).isNotBlank();
            assertOpen(how);
        });
    }

    @Test
    @DisplayName("[A12, S6.5] control characters are kept in the details and escaped in the message")
    void controlCharacters() {
        Throwable failure = failureOf(fields("SERROR", "C22012", "Mred \u001b[31m alert\r\nforged line"));
        assertThat(failure.getMessage()).doesNotContain("\u001b", "\r", "\n").contains("red ", "forged line");
        assertThat(failure).isInstanceOfSatisfying(PgxcException.class, told -> {
            PgxcErrorDetails details = told.getErrorDetails();
            assertThat(details).isNotNull();
            assertThat(details.toString() + details.message()).contains("\u001b[31m");
        });
        assertOpen("control characters");
    }

    private Throwable failureOf(Octets error) {
        Heard failed = Heard.of(
                Heard.rows(client.connection().createStatement("SELECT x").execute()));
        client.server().said();
        client.server().hears(Octets.join(error, ready()));
        return failed.failure();
    }

    private void assertOpen(String how) {
        Heard next = Heard.of(
                Heard.counts(client.connection().createStatement("UPDATE t").execute()));
        boolean parses = client.server().saidTypes().contains("P");
        Octets parsed = parses ? Octets.join(parseComplete(), parameterTypes(), noData()) : Octets.NONE;
        client.server().hears(Octets.join(parsed, bindComplete(), complete("UPDATE 42"), ready()));
        assertThat(next.signals()).as(how).containsExactly("42", "complete");
    }

    private static Octets fields(String... fields) {
        StringBuilder body = new StringBuilder();
        for (String field : fields) {
            body.append(field).append('\0');
        }
        return frame('E', Octets.of(body.append('\0').toString()));
    }

    @Test
    @DisplayName("[S8.21] a second error before ReadyForQuery changes nothing: the first is the cause")
    void twoErrors() {
        Throwable extended = failureOf(Octets.join(error("22012", "first"), error("42601", "second")));
        assertThat(((R2dbcException) extended).getSqlState()).isEqualTo("22012");
        assertOpen("extended");
        Heard simple = Heard.of(Heard.rows(
                client.connection().createStatement("SELECT 1; SELECT 2").execute()));
        client.server().said();
        client.server().hears(Octets.join(error("22012", "first"), error("42601", "second"), ready()));
        assertThat(((R2dbcException) simple.failure()).getSqlState()).isEqualTo("22012");
        assertOpen("simple");
    }

    @ParameterizedTest(name = "[A13, S8.37] {0}")
    @CsvSource(
            delimiter = ';',
            value = {
                "UPDATE x; ''",
                "SELECT; ''",
                "''; ''",
                "MERGE 3; 3",
                "INSERT 0 99999999999999999999; 9223372036854775807",
                "FUTURE COMMAND 7; 7",
                "CREATE TABLE; ''",
                "UPDATE -1; ''"
            })
    @DisplayName("[A13, S8.37] any command tag is taken: a number at its end is the count, and otherwise there is none")
    void tags(String tag, String count) {
        assertThat(countOf(tag)).isEqualTo(count);
        assertOpen(tag);
    }

    @Test
    @DisplayName("[A13, S8.37] a tag of 10 KiB is taken")
    void longTag() {
        assertThat(countOf("X".repeat(10_240) + " 5")).isEqualTo("5");
        assertOpen("long tag");
    }

    private String countOf(String tag) {
        Heard heard = Heard.of(Heard.counts(
                client.connection().createStatement("DO " + tag.hashCode()).execute()));
        client.server().said();
        client.server()
                .hears(Octets.join(
                        parseComplete(), parameterTypes(), noData(), bindComplete(), complete(tag), ready()));
        assertThat(heard.signals()).last().isEqualTo("complete");
        return heard.signals().size() == 1 ? "" : heard.signals().get(0);
    }

    @Test
    @DisplayName("[S8.31, S8.32, A12] a value that cannot be read fails its result alone; the session goes on")
    void unreadableValue() {
        Heard heard = Heard.of(client.connection()
                .createStatement("SELECT n")
                .execute()
                .concatMap(result -> result.map((r, m) -> r.get(0, Integer.class))));
        Heard format = Heard.of(
                Heard.rows(client.connection().createStatement("SELECT f").execute()));
        client.server().said();
        client.server()
                .hears(Octets.join(
                        parseComplete(),
                        parameterTypes(),
                        rowDescription(column("n", INT4)),
                        bindComplete(),
                        row("not a number"),
                        row("2"),
                        complete("SELECT 2"),
                        ready()));
        client.server()
                .hears(Octets.join(
                        parseComplete(),
                        parameterTypes(),
                        rowDescription(column("f", INT4)),
                        bindComplete(),
                        row("12"),
                        complete("SELECT 1"),
                        ready()));
        assertThat(heard.failure()).isInstanceOf(R2dbcException.class);
        assertThat(format.signals()).containsExactly("12", "complete");
        assertOpen("unreadable value");
    }
}
