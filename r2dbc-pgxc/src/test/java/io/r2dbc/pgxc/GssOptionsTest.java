// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.OptionsTest.refused;
import static io.r2dbc.pgxc.OptionsTest.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.OptionsTest.Line;
import io.r2dbc.pgxc.auth.GssMechanism;
import io.r2dbc.pgxc.auth.GssMechanism.Purpose;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.ietf.jgss.GSSCredential;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The options that have to do with GSSAPI; the lines are played by {@link OptionsTest}. */
class GssOptionsTest {

    static Stream<Line> lines() {
        return Stream.of(
                set("gssEncMode", "Prefer", c -> c.gss().gssEncMode(), GssEncMode.PREFER),
                set("gssEncMode", GssEncMode.REQUIRE, c -> c.gss().gssEncMode(), GssEncMode.REQUIRE),
                refused("gssEncMode", "allow", "one of disable, prefer, require"),
                set("krbServerName", "pg", c -> c.gss().krbServerName(), "pg"),
                refused("krbServerName", "", "must not be empty"),
                refused("krbServerName", "postgres/db.example", "first part of a principal"),
                refused("krbServerName", "pg@EXAMPLE", "first part of a principal"),
                set("jaasApplicationName", "pgxc", c -> c.gss().jaasApplicationName(), "pgxc"),
                refused("jaasApplicationName", "", "must not be empty"),
                set("gssCredential", supplied(null), c -> c.gss().gssCredential() != null, true),
                refused("gssCredential", "alice", "given by program"));
    }

    private static Supplier<GSSCredential> supplied(GSSCredential credential) {
        return () -> credential;
    }

    @Test
    @DisplayName("one way only leads to a credential")
    void twoWays() {
        PgxcConfiguration.Builder builder =
                PgxcConfiguration.builder().jaasApplicationName("pgxc").gssCredential(() -> null);
        assertThatIllegalArgumentException()
                .isThrownBy(builder::build)
                .withMessageContaining("option jaasApplicationName")
                .withMessageContaining("gssCredential");
    }

    @Test
    @DisplayName("by default nobody is asked for a ticket, and channel binding cannot be demanded where there is no"
            + " certificate")
    void modes() {
        assertThat(PgxcConfiguration.builder().build().gss().gssEncMode()).isEqualTo(GssEncMode.DISABLE);
        PgxcConfiguration.Builder bound = PgxcConfiguration.builder().channelBinding(ChannelBinding.REQUIRE);
        assertThat(bound.build().gss().gssEncMode()).isEqualTo(GssEncMode.DISABLE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bound.gssEncMode(GssEncMode.PREFER).build())
                .withMessageContaining("option gssEncMode is prefer")
                .withMessageContaining("channelBinding");
    }

    @Test
    @DisplayName("a supplier that supplies null, or something else, is told so by the name of the option")
    void badSupplier() {
        for (Supplier<?> supplier : new Supplier<?>[] {() -> null, () -> "alice"}) {
            ConnectionFactoryOptions options = ConnectionFactoryOptions.builder()
                    .option(Option.valueOf("gssCredential"), supplier)
                    .build();
            assertThatThrownBy(() -> begin(Options.configuration(options))).hasMessageContaining("gssCredential");
        }
        assertThatThrownBy(() -> begin(
                        PgxcConfiguration.builder().gssCredential(() -> null).build()))
                .hasMessageContaining("gssCredential");
    }

    @Test
    @DisplayName(
            "a login that the JVM does not know is told by the name of the option, and so is a ticket cache without a"
                    + " ticket")
    void noTicket() {
        assertThatThrownBy(() -> begin(PgxcConfiguration.builder()
                        .jaasApplicationName("no-such-entry")
                        .build()))
                .hasMessageContaining("jaasApplicationName")
                .hasMessageContaining("no-such-entry");
    }

    @Test
    @DisplayName("a Unix socket has no name that Kerberos could know")
    void unixSocket() {
        for (String host : new String[] {"/run/postgresql", "@pg"}) {
            assertThat(PgxcConfiguration.builder().build().gss().mechanism(host))
                    .isNull();
        }
    }

    private static void begin(PgxcConfiguration configuration) {
        GssMechanism mechanism = Objects.requireNonNull(configuration.gss().mechanism(configuration.host()));
        mechanism.begin(Purpose.LOGIN).dispose();
    }
}
