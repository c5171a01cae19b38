// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.EmbeddedConnection;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import io.r2dbc.spi.R2dbcTransientResourceException;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;

/** The ways in which a session may end, as the catalogue of faults names them. */
final class Outcomes {

    private static final Duration AT_ONCE = Duration.ofSeconds(2);
    private static final Duration BOUND_OF_CLOSE = Duration.ofSeconds(1);

    private Outcomes() {}

    /** The peer broke the protocol. */
    static void assertProto(String how, Throwable error) {
        assertThat(error).as(how).isInstanceOf(R2dbcNonTransientResourceException.class);
        assertThat(((R2dbcException) error).getSqlState())
                .as(how + ": " + error.getMessage())
                .isEqualTo("08P01");
    }

    /** The connection was lost, with the code that the server gave, if it gave one. */
    static void assertLost(String how, Throwable error, String sqlState) {
        assertThat(isResource(error)).as(how + ": " + error).isTrue();
        assertThat(((R2dbcException) error).getSqlState())
                .as(how + ": " + error.getMessage())
                .isEqualTo(sqlState);
    }

    static boolean isResource(Throwable error) {
        return error instanceof R2dbcNonTransientResourceException
                || error instanceof R2dbcTransientResourceException
                || error instanceof R2dbcPermissionDeniedException;
    }

    /** The channel is closed, and whoever uses the connection hears so at once. */
    static void assertClosed(String how, EmbeddedConnection client) {
        assertThat(client.server().isOpen()).as(how).isFalse();
        PgxcConnection connection = client.connection();
        Heard local = Heard.of(connection.validate(ValidationDepth.LOCAL));
        Heard remote = Heard.of(connection.validate(ValidationDepth.REMOTE));
        Heard later =
                Heard.of(Heard.rows(connection.createStatement("SELECT later").execute()));
        Heard close = Heard.of(connection.close());
        client.server().run();
        assertThat(local.signals()).as(how).containsExactly("false", "complete");
        assertThat(remote.signals()).as(how).containsExactly("false", "complete");
        assertThat(later.isOver()).as(how).isTrue();
        assertThat(isResource(later.failure())).as(how + ": " + later.signals()).isTrue();
        assertThat(close.signals()).as(how).containsExactly("complete");
        assertThat(client.server().said()).as(how).isEmpty();
    }

    /** The same for a connection over a real socket. */
    static void assertClosed(String how, PgxcConnection connection) {
        assertThat(Heard.of(connection.validate(ValidationDepth.LOCAL)).all(AT_ONCE))
                .as(how)
                .containsExactly("false", "complete");
        assertThat(Heard.of(connection.validate(ValidationDepth.REMOTE)).all(AT_ONCE))
                .as(how)
                .containsExactly("false", "complete");
        Heard later =
                Heard.of(Heard.rows(connection.createStatement("SELECT later").execute()));
        assertThat(later.all(AT_ONCE)).as(how).hasSize(1);
        assertThat(isResource(later.failure())).as(how + ": " + later.signals()).isTrue();
        assertThat(Heard.of(connection.close()).all(BOUND_OF_CLOSE)).as(how).containsExactly("complete");
    }
}
