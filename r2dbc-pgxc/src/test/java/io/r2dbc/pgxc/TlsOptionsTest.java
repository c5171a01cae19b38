// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.OptionsTest.refused;
import static io.r2dbc.pgxc.OptionsTest.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.handler.ssl.SslContextBuilder;
import io.r2dbc.pgxc.OptionsTest.Line;
import io.r2dbc.spi.ConnectionFactoryOptions;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.net.ssl.HostnameVerifier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The options that have to do with TLS; the lines are played by {@link OptionsTest}. */
class TlsOptionsTest {

    static Stream<Line> lines() {
        HostnameVerifier verifier = (host, session) -> true;
        Function<SslContextBuilder, SslContextBuilder> customizer = builder -> builder;
        return Stream.of(
                set("ssl", "false", TlsOptionsTest::mode, SslMode.DISABLE),
                set("ssl", true, TlsOptionsTest::mode, SslMode.VERIFY_FULL),
                set("ssl", "true", TlsOptionsTest::mode, SslMode.VERIFY_FULL),
                refused("ssl", "maybe", "true or false"),
                set("sslMode", "DISABLE", TlsOptionsTest::mode, SslMode.DISABLE),
                set("sslMode", "allow", TlsOptionsTest::mode, SslMode.ALLOW),
                set("sslmode", "prefer", TlsOptionsTest::mode, SslMode.PREFER),
                set("sslMode", SslMode.REQUIRE, TlsOptionsTest::mode, SslMode.REQUIRE),
                set("sslMode", "VERIFY_CA", TlsOptionsTest::mode, SslMode.VERIFY_CA),
                set("sslmode", "verify-full", TlsOptionsTest::mode, SslMode.VERIFY_FULL),
                refused("sslMode", "tunnel", "one of disable, allow, prefer, require, verify-ca, verify-full"),
                set("sslNegotiation", "postgres", c -> c.tls().negotiation(), SslNegotiation.POSTGRES),
                refused("sslNegotiation", "direct", "needs sslMode require, verify-ca or verify-full"),
                refused("sslnegotiation", "tls", "one of postgres, direct"),
                set("sslRootCert", "ca.pem", c -> c.tls().rootCert(), "ca.pem"),
                refused("sslRootCert", "", "must not be empty"),
                set("sslCert", "me.pem", c -> c.tls().cert(), "me.pem"),
                refused("sslCert", "a\0b", "NUL"),
                set("sslKey", "me.key", c -> c.tls().key(), "me.key"),
                set("sslPassword", "s3cret", c -> c.tls().password(), "s3cret"),
                refused("sslPassword", 5, "CharSequence"),
                refused("sslCrl", "lists.pem", "certificates that are not checked"),
                set("sslSni", "off", c -> c.tls().sni(), false),
                set("sslHostnameVerifier", verifier, c -> c.tls().hostnameVerifier(), verifier),
                refused("sslHostnameVerifier", "com.example.Verifier", "given by program"),
                set("sslContextBuilderCustomizer", customizer, c -> c.tls().contextBuilderCustomizer(), customizer),
                refused("sslContextBuilderCustomizer", "com.example.Customizer", "given by program"),
                set("channelBinding", "prefer", c -> c.tls().channelBinding(), ChannelBinding.PREFER),
                set("channelBinding", "Require", c -> c.tls().channelBinding(), ChannelBinding.REQUIRE),
                refused("channelBinding", "yes", "one of disable, prefer, require"));
    }

    private static Object mode(PgxcConfiguration configuration) {
        return configuration.tls().mode();
    }

    @ParameterizedTest(name = "[X29, S2.9.10] {0} means {1}")
    @CsvSource({
        "r2dbc:pgxc://h/d, PREFER",
        "r2dbcs:pgxc://h/d, VERIFY_FULL",
        "r2dbcs:pgxc://h/d?sslMode=verify-ca, VERIFY_CA",
        "r2dbc:pgxc://h/d?ssl=true&sslmode=require, REQUIRE",
        "r2dbc:pgxc://h/d?ssl=false&sslMode=require, REQUIRE",
        "r2dbcs:pgxc://h/d?sslNegotiation=direct, VERIFY_FULL"
    })
    @DisplayName("[X29, S2.9.10] what is said by scheme, ssl and sslMode together")
    void schemes(String url, SslMode mode) {
        assertThat(mode(Options.configuration(ConnectionFactoryOptions.parse(url))))
                .isEqualTo(mode);
    }

    @ParameterizedTest(name = "[S2.9.10, S2.9.6, S2.1.16] {0} is refused")
    @CsvSource({
        "r2dbcs:pgxc://h/d?sslMode=disable, sslMode",
        "r2dbc:pgxc://h/d?sslMode=prefer&sslNegotiation=direct, sslNegotiation",
        "r2dbc:pgxc://h/d?sslMode=disable&channelBinding=require, channelBinding",
        "r2dbc:pgxc://h/d?sslMode=require&sslCrl=x, sslCrl"
    })
    @DisplayName("[S2.9.10, S2.9.6, S2.1.16] what contradicts itself is refused by the name of the option")
    void contradictions(String url, String option) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.configuration(ConnectionFactoryOptions.parse(url)))
                .withMessageContaining("option " + option);
    }

    @Test
    @DisplayName("[SA7] the password of a key is in no text")
    void keyPassword() {
        PgxcConfiguration configuration = Options.configuration(
                ConnectionFactoryOptions.parse("r2dbc:pgxc://h/d?sslKey=k&sslCert=c&sslPassword=s3cret"));
        assertThat(configuration + " " + configuration.tls() + " " + new PgxcConnectionFactory(configuration))
                .doesNotContain("s3cret");
    }
}
