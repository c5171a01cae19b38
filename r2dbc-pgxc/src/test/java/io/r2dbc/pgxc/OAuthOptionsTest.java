// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.OptionsTest.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.r2dbc.pgxc.OptionsTest.Line;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import java.nio.CharBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The options that have to do with OAuth; the lines are played by {@link OptionsTest}. */
class OAuthOptionsTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String ISSUER = "https://issuer.example/realm";

    static Stream<Line> lines() {
        return Stream.of(
                refused("oauthToken", "s3cret", "given by program"),
                refused("oauthToken", "", "given by program"),
                refused("oauthToken", 5, "given by program"),
                refused("oauthToken", Mono.just("s3cret"), "sslMode is prefer"),
                refused("oauthToken", (Supplier<String>) () -> "s3cret", "sslMode is prefer"),
                refused("oauthIssuer", "", "must not be empty"),
                refused("oauthIssuer", "a\0b", "NUL"),
                refused("oauthIssuer", "issuer.example", "must be the URL of an issuer"),
                refused("oauthIssuer", ISSUER + "?x=y", "must be the URL of an issuer"),
                refused("oauthIssuer", ISSUER + "#x", "must be the URL of an issuer"),
                refused("oauthIssuer", "ftp://issuer.example", "must be the URL of an issuer"),
                refused("oauthIssuer", "https:issuer", "must be the URL of an issuer"),
                refused("oauthIssuer", "https://a b", "must be the URL of an issuer"),
                refused("oauthIssuer", "https://me:s3cret@issuer.example", "without a user"),
                refused("oauthIssuer", ISSUER, "but oauthToken is not"));
    }

    private static PgxcConfiguration.Builder verifying() {
        return PgxcConfiguration.builder().sslMode(SslMode.VERIFY_FULL);
    }

    private static Mono<String> token(PgxcConfiguration configuration) {
        return configuration.oauth().token().map(Optional::orElseThrow).map(token -> token.value());
    }

    @Test
    @DisplayName("[S2.11.11] there is no token unless one is configured")
    void none() {
        PgxcConfiguration configuration = PgxcConfiguration.builder().build();
        assertThat(configuration.oauth().source()).isNull();
        assertThat(configuration.oauth().token().block(SOON)).isEmpty();
    }

    @Test
    @DisplayName(
            "[S2.11.11] suppliers and publishers of tokens are options too, and are asked again for every connection")
    void options() {
        AtomicInteger asked = new AtomicInteger();
        Supplier<CharSequence> supplier = () -> CharBuffer.wrap("token." + asked.incrementAndGet());
        for (Object source : List.of(supplier, Mono.fromSupplier(supplier))) {
            asked.set(0);
            PgxcConfiguration configuration = Options.configuration(ConnectionFactoryOptions.builder()
                    .option(Option.valueOf("oauthToken"), source)
                    .option(Option.valueOf("oauthIssuer"), ISSUER)
                    .option(Option.valueOf("sslMode"), "verify-full")
                    .build());
            assertThat(asked).hasValue(0);
            assertThat(token(configuration).block(SOON)).isEqualTo("token.1");
            assertThat(token(configuration).block(SOON)).isEqualTo("token.2");
            assertThat(configuration.oauth().token().block(SOON))
                    .hasValueSatisfying(token -> assertThat(token.issuer()).isEqualTo(ISSUER));
        }
    }

    @Test
    @DisplayName("[S2.11.11] what is supplied as an option and is no text is refused by the option's name")
    void noText() {
        for (Object source : List.of(Mono.just(5), (Supplier<Object>) () -> 5)) {
            PgxcConfiguration configuration = Options.configuration(ConnectionFactoryOptions.builder()
                    .option(Option.valueOf("oauthToken"), source)
                    .option(Option.valueOf("sslMode"), "verify-full")
                    .build());
            assertRefused(token(configuration), "option oauthToken");
        }
    }

    @ParameterizedTest(name = "[S2.11.11] sslMode={0}")
    @EnumSource
    @DisplayName("[S2.11.11] tokens need a mode in which it is certain who gets them; the refusal names the mode")
    void modes(SslMode mode) {
        PgxcConfiguration.Builder builder =
                PgxcConfiguration.builder().sslMode(mode).oauthToken(() -> "abc");
        if (mode == SslMode.VERIFY_FULL) {
            assertThat(builder.build().oauth().source()).isNotNull();
        } else {
            assertThatIllegalArgumentException()
                    .isThrownBy(builder::build)
                    .withMessageContaining("option oauthToken")
                    .withMessageContaining("sslMode is " + Options.word(mode))
                    .withMessageContaining("sslMode=verify-full");
        }
        builder.sslRootCert("ca.pem");
        if (mode.verifies()) {
            assertThat(builder.build().tls().verifiesServer()).isTrue();
        } else {
            assertThatIllegalArgumentException().isThrownBy(builder::build);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "Bearer s3cret", "s3cret\r\n", "s3cret\1", "s3=cret", "s3crét", "\"s3cret\"", "=", "s3cret\0"
            })
    @DisplayName("[S2.11.11] what is no token is refused by the option's name, and not repeated")
    void noToken(String given) {
        for (PgxcConfiguration configuration : List.of(
                verifying().oauthToken(() -> given).build(),
                verifying().oauthToken(Mono.just(given)).build())) {
            assertRefused(token(configuration), "option oauthToken");
        }
    }

    @Test
    @DisplayName(
            "[S2.11.11] a source without a token is an error by the option's name; of several tokens the first counts")
    void sources() {
        Publisher<String> several = Flux.just("a", "b");
        assertThat(token(verifying().oauthToken(several).build()).block(SOON)).isEqualTo("a");
        assertRefused(token(verifying().oauthToken(Mono.<String>empty()).build()), "option oauthToken");
        assertRefused(token(verifying().oauthToken(() -> null).build()), "option oauthToken");
        StepVerifier.create(token(verifying()
                        .oauthToken(Mono.error(new IllegalStateException("issuer is down")))
                        .build()))
                .expectErrorMessage("issuer is down")
                .verify(SOON);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> verifying().oauthToken((Supplier<String>) null))
                .withMessageContaining("option oauthToken");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> verifying().oauthToken((Publisher<String>) null))
                .withMessageContaining("option oauthToken");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> verifying().oauthIssuer(null))
                .withMessageContaining("option oauthIssuer");
    }

    @Test
    @DisplayName("[S2.11.11] no text of the configuration, nor of what it is made of, shows the token")
    void hidden() {
        PgxcConfiguration configuration = verifying()
                .user("me")
                .oauthToken(() -> "s3cret")
                .oauthIssuer(ISSUER)
                .build();
        assertThat(configuration.oauth().token().block(SOON).toString()).doesNotContain("s3cret");
        assertThat(configuration.oauth().toString()).contains(ISSUER).doesNotContain("Mono");
        assertThat(configuration.toString()).doesNotContain("s3cret");
        assertThat(new OptionValue("oauthToken", "s3cret").toString()).doesNotContain("s3cret");
    }

    private static void assertRefused(Mono<String> token, String because) {
        StepVerifier.create(token)
                .expectErrorSatisfies(refusal -> assertThat(refusal)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(because)
                        .hasMessageNotContaining("s3"))
                .verify(SOON);
    }
}
