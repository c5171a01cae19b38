// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.testing.ServerMessages.bindComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.complete;
import static io.r2dbc.pgxc.testing.ServerMessages.copyData;
import static io.r2dbc.pgxc.testing.ServerMessages.copyDone;
import static io.r2dbc.pgxc.testing.ServerMessages.copyIn;
import static io.r2dbc.pgxc.testing.ServerMessages.copyOut;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.noData;
import static io.r2dbc.pgxc.testing.ServerMessages.parameterTypes;
import static io.r2dbc.pgxc.testing.ServerMessages.parseComplete;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.EmbeddedConnection;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** COPY through an ordinary statement: refused in a way that leaves the session in order. */
@ExtendWith(StandingAsserts.class)
final class UnaskedCopyTest {

    static final Octets DESCRIBED = Octets.join(parseComplete(), parameterTypes(), noData(), bindComplete());

    private final EmbeddedConnection client = EmbeddedConnection.open();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    @DisplayName("[I6, S8.36] COPY FROM STDIN as a statement: CopyFail at once, a clear error, and the session goes on")
    void copyIn_() {
        Heard copy = begin("COPY t FROM STDIN", "Q");
        Heard next = Heard.of(
                Heard.counts(client.connection().createStatement("UPDATE t").execute()));
        assertThat(client.server().said()).isEmpty();
        client.server().hears(copyIn(2));
        List<ClientMessage> said = client.server().said();
        assertThat(said).hasSize(1).first().isInstanceOf(ClientMessage.CopyFail.class);
        client.server().hears(Octets.join(error("57014", "COPY from stdin failed"), ready()));
        assertRefused(copy);
        assertThat(client.server().saidTypes()).isEqualTo("P D B E S");
        client.server().hears(Octets.join(DESCRIBED, complete("UPDATE 42"), ready()));
        assertThat(next.signals()).containsExactly("42", "complete");
    }

    @Test
    @DisplayName(
            "[I6, S8.36, S2.5.7] CopyInResponse in the extended protocol: CopyFail, and a Sync in place of the one it swallowed")
    void copyInExtended() {
        Heard copy = begin("SELECT copies()", "P D B E S");
        client.server().hears(Octets.join(DESCRIBED, copyIn(1)));
        assertThat(client.server().saidTypes()).isEqualTo("f S");
        client.server().hears(Octets.join(error("57014", "COPY from stdin failed"), ready()));
        assertRefused(copy);
        assertOpen();
    }

    @Test
    @DisplayName(
            "[I6, S8.36] COPY TO STDOUT as a statement: the data is thrown away, a clear error, and the session goes on")
    void copyOut_() {
        Heard copy = begin("COPY t TO STDOUT", "Q");
        client.server()
                .hears(Octets.join(
                        copyOut(1), copyData("1\n"), copyData("2\n"), copyDone(), complete("COPY 2"), ready()));
        assertRefused(copy);
        assertOpen();
    }

    @Test
    @DisplayName(
            "[I6, S8.36] CopyOutResponse in the extended protocol: the same, also if the server fails in the middle")
    void copyOutExtended() {
        Heard copy = begin("SELECT copies()", "P D B E S");
        client.server()
                .hears(Octets.join(DESCRIBED, copyOut(1), copyData("1\n"), copyDone(), complete("COPY 1"), ready()));
        assertRefused(copy);
        Heard failing = begin("COPY t TO STDOUT", "Q");
        client.server().hears(Octets.join(copyOut(1), copyData("1\n"), error("53100", "disk full"), ready()));
        assertRefused(failing);
        assertOpen();
    }

    @Test
    @DisplayName("[I6, S8.19] the connection is lost in the middle of such a COPY: whoever waits hears an error")
    void lostInTheMiddle() {
        Heard copy = begin("COPY t TO STDOUT", "Q");
        client.server().hears(Octets.join(copyOut(1), copyData("1\n")));
        client.server().hearsEnd();
        assertThat(copy.isOver()).isTrue();
        assertThat(copy.signals()).last().asString().startsWith("error ");
        Outcomes.assertClosed("COPY", client);
    }

    private Heard begin(String sql, String types) {
        Heard heard =
                Heard.of(Heard.segments(client.connection().createStatement(sql).execute()));
        assertThat(client.server().saidTypes()).isEqualTo(types);
        return heard;
    }

    private static void assertRefused(Heard copy) {
        assertThat(copy.signals()).containsExactly("error UnsupportedOperationException");
        assertThat(copy.failure()).hasMessageContaining("COPY");
    }

    private void assertOpen() {
        Heard next = begin("UPDATE t", "P D B E S");
        client.server().hears(Octets.join(DESCRIBED, complete("UPDATE 42"), ready()));
        assertThat(next.signals()).containsExactly("count 42", "complete");
    }
}
