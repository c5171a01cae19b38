// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.fault;

import static io.r2dbc.pgxc.tck.fault.Live.LIMIT;
import static io.r2dbc.pgxc.tck.fault.Live.get;
import static io.r2dbc.pgxc.tck.fault.Live.one;
import static io.r2dbc.pgxc.tck.fault.Live.requireClosed;
import static io.r2dbc.pgxc.tck.fault.Live.requireOpen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Values of 32 to 64 MiB: large enough to be in nobody's buffer, small enough for any machine. */
class LargeValuesIT {

    private static final int MIB = 1024 * 1024;

    @RegisterExtension
    static final StandingAsserts ASSERTS = StandingAsserts.within(Duration.ofMinutes(1));

    @RegisterExtension
    final Live live = new Live();

    @Test
    @DisplayName("[E5] a text of 64 MiB and bytes of 32 MiB arrive whole")
    void arrive() {
        PgxcConnection connection = live.open();
        assertThat(get(one(connection, "select repeat('x', " + 64 * MIB + ") || 'y'", String.class)))
                .hasSize(64 * MIB + 1)
                .endsWith("xy");
        ByteBuffer bytes =
                get(one(connection, "select decode(repeat('ab', " + 32 * MIB + "), 'hex')", ByteBuffer.class));
        assertThat(bytes.remaining()).isEqualTo(32 * MIB);
        assertThat(bytes.get(32 * MIB - 1)).isEqualTo((byte) 0xAB);
        requireOpen(connection);
    }

    @Test
    @DisplayName(
            "[E5, S1.1.8] above maxMessageSize the statement fails by type and length, before the value is taken in, and"
                    + " the connection is closed")
    void beyondLimit() {
        PgxcConnection connection = live.open(options -> options.maxMessageSize(16 * MIB));
        assertThat(get(one(connection, "select repeat('x', " + 15 * MIB + ")", String.class)))
                .hasSize(15 * MIB);
        R2dbcException failure = catchThrowableOfType(
                R2dbcException.class,
                () -> one(connection, "select repeat('x', " + 17 * MIB + ")", String.class)
                        .block(LIMIT));
        assertThat(failure)
                .isInstanceOf(R2dbcNonTransientResourceException.class)
                .hasMessageContainingAll("DataRow", String.valueOf(16 * MIB));
        assertThat(failure.getSqlState()).isEqualTo("08P01");
        requireClosed(connection);
    }

    @Test
    @DisplayName("[E5] a value that the server cannot make is that statement's error, and the session goes on")
    void beyondServer() {
        PgxcConnection connection = live.open();
        R2dbcException failure = catchThrowableOfType(
                R2dbcException.class,
                () -> one(connection, "select repeat('x', " + 1024 * MIB + ")", String.class)
                        .block(LIMIT));
        assertThat(failure).isNotInstanceOf(R2dbcNonTransientResourceException.class);
        assertThat(failure.getSqlState()).isIn("54000", "XX000", "53200");
        requireOpen(connection);
    }
}
