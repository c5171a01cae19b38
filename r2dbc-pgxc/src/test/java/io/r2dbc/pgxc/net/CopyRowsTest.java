// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.testing.ServerMessages.INT4;
import static io.r2dbc.pgxc.testing.ServerMessages.column;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.copyDone;
import static io.r2dbc.pgxc.testing.ServerMessages.copyIn;
import static io.r2dbc.pgxc.testing.ServerMessages.copyOut;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static io.r2dbc.pgxc.testing.ServerMessages.rowDescription;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.EmbeddedConnection;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.BackendEncoder;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;

/** Rows by binary COPY: the stream of bytes, however it is cut, and whatever is wrong with it. */
@ExtendWith(StandingAsserts.class)
final class CopyRowsTest {

    private static final String HEADER = "5047434F50590AFF0D0A00 00000000 00000000";
    private static final String ROWS = "0001 00000004 00000007  0001 FFFFFFFF  0001 00000004 00000009";
    private static final String TRAILER = "FFFF";
    private static final Octets DESCRIBED =
            Octets.join(parseComplete(), parameterTypes(), rowDescription(column("a", INT4)), ready());
    private static final Octets END = Octets.join(copyDone(), complete("COPY 3"), ready());

    private final EmbeddedConnection client = EmbeddedConnection.open();

    @AfterEach
    void close() {
        client.close();
    }

    private static Octets data(Octets bytes) {
        return BackendEncoder.copyData(bytes);
    }

    private Heard begun(long demand) {
        Heard rows = Heard.of(
                client.connection()
                        .copyOutRows(
                                "SELECT a FROM t;",
                                (row, metadata) -> metadata.getColumnMetadata(0).getName() + row.get(0)),
                demand);
        assertThat(client.server().saidTypes()).isEqualTo("P D S");
        client.server().hears(DESCRIBED);
        assertThat(client.server().said())
                .containsExactly(new ClientMessage.Query("COPY (SELECT a FROM t) TO STDOUT (FORMAT binary)"));
        client.server().hears(copyOut(1));
        return rows;
    }

    @Test
    @DisplayName("[S2.5.9, S2.5.14] the stream may be cut anywhere, or come in one message")
    void cutAnywhere() {
        Octets all = Octets.hex(HEADER + ROWS + TRAILER);
        for (int cut = 0; cut <= all.size(); cut++) {
            Heard rows = begun(Long.MAX_VALUE);
            client.server().hears(Octets.join(data(all.slice(0, cut)), data(all.slice(cut, all.size())), END));
            assertThat(rows.signals()).as("cut at " + cut).containsExactly("a7", "anull", "a9", "complete");
        }
    }

    @Test
    @DisplayName(
            "[I9, S2.5.14] several rows in one message are given as they are asked for, and the end waits for the last")
    void demand() {
        Heard rows = begun(1);
        client.server().hears(Octets.join(data(Octets.hex(HEADER + ROWS + TRAILER)), END));
        assertThat(rows.signals()).containsExactly("a7");
        rows.request(1);
        client.server().run();
        assertThat(rows.signals()).containsExactly("a7", "anull");
        rows.request(1);
        client.server().run();
        assertThat(rows.signals()).containsExactly("a7", "anull", "a9", "complete");
    }

    @ParameterizedTest(name = "[S2.5.14] {0}")
    @CsvSource({
        "signature, 5047434F50590AFF0D0A01 00000000 00000000 FFFF",
        "critical flag, 5047434F50590AFF0D0A00 00010000 00000000 FFFF",
        "extension of negative length, 5047434F50590AFF0D0A00 00000000 FFFFFFFF FFFF",
        "another number of fields, 5047434F50590AFF0D0A00 00000000 00000000 0002 FFFFFFFF FFFFFFFF FFFF",
        "field of negative length, 5047434F50590AFF0D0A00 00000000 00000000 0001 FFFFFFFE FFFF",
        "data behind the trailer, 5047434F50590AFF0D0A00 00000000 00000000 FFFF 00",
        "no trailer, 5047434F50590AFF0D0A00 00000000 00000000"
    })
    @DisplayName(
            "[S2.5.14] a stream that is not one of binary COPY fails, and the connection goes on; an unknown extension"
                    + " is skipped")
    void malformed(String what, String hex) {
        Heard rows = begun(Long.MAX_VALUE);
        client.server().hears(Octets.join(data(Octets.hex(hex)), END));
        assertThat(rows.signals()).as(what).hasSize(1);
        assertThat(rows.failure()).hasMessageContaining("binary COPY");
        Heard next = begun(Long.MAX_VALUE);
        client.server()
                .hears(Octets.join(
                        data(Octets.hex("5047434F50590AFF0D0A00 00000001 00000002 ABCD" + ROWS + TRAILER)), END));
        assertThat(next.signals()).containsExactly("a7", "anull", "a9", "complete");
    }

    @Test
    @DisplayName(
            "[S2.5.14] rows go in behind the header, in one message while they come at once, and the trailer ends them")
    void rowsIn() {
        Heard copy = Heard.of(client.connection()
                .copyInRows(
                        "S.\"T\"", List.of("A"), Flux.just(new Object[] {7}, new Object[] {null}, new Object[] {9})));
        assertThat(client.server().said())
                .first()
                .isInstanceOfSatisfying(
                        ClientMessage.Parse.class,
                        parse -> assertThat(parse.sql()).isEqualTo("SELECT \"a\" FROM \"s\".\"T\""));
        client.server().hears(DESCRIBED);
        assertThat(client.server().said())
                .containsExactly(new ClientMessage.Query("COPY \"s\".\"T\" (\"a\") FROM STDIN (FORMAT binary)"));
        client.server().hears(copyIn(1));
        assertThat(client.server().said())
                .containsExactly(
                        new ClientMessage.CopyData(Octets.hex(HEADER + ROWS + TRAILER)), new ClientMessage.CopyDone());
        client.server().hears(Octets.join(complete("COPY 3"), ready()));
        assertThat(copy.signals()).containsExactly("3", "complete");
    }

    @Test
    @DisplayName(
            "[X2, X14] the COPY goes ahead of what was subscribed behind it; cancelled while it asks, it is never sent")
    void orderAndCancel() {
        Heard copy = Heard.of(client.connection().copyInRows("t", List.of("a"), Flux.empty()));
        Heard.of(Heard.counts(client.connection().createStatement("UPDATE t").execute()));
        assertThat(client.server().saidTypes()).isEqualTo("P D S");
        client.server().hears(DESCRIBED);
        assertThat(client.server().saidTypes()).isEqualTo("Q");
        client.server().hears(copyIn(1));
        assertThat(client.server().saidTypes()).isEqualTo("d c");
        client.server().hears(Octets.join(complete("COPY 0"), ready()));
        assertThat(copy.signals()).containsExactly("0", "complete");
        assertThat(client.server().saidTypes()).isEqualTo("P D B E S");
        client.server().hears(Octets.join(UnaskedCopyTest.DESCRIBED, complete("UPDATE 1"), ready()));
        Heard left = Heard.of(client.connection().copyInRows("t", List.of("a"), Flux.empty()));
        client.server().said();
        left.cancel();
        client.server().hears(DESCRIBED);
        assertThat(client.server().said()).isEmpty();
    }

    @Test
    @DisplayName(
            "[I8] a table that is not there is the error, told once; names and queries that cannot be are refused at"
                    + " once")
    void refused() {
        Heard copy = Heard.of(client.connection().copyInRows("t", List.of("a"), Flux.empty()));
        client.server().hears(Octets.join(error("42P01", "no such table"), ready()));
        assertThat(copy.signals()).containsExactly("error BadGrammar 42P01");
        assertThatThrownBy(() -> client.connection().copyInRows("t", List.of(), Flux.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("columns");
        assertThatThrownBy(() -> client.connection().copyOutRows("select 1; select 2", (row, metadata) -> 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("query");
    }
}
