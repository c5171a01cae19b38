// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.r2dbc.pgxc.PgxcConfiguration.ResetOnRelease;
import io.r2dbc.pgxc.PgxcConfiguration.StringType;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class PgxcConfigurationTest {

    @Test
    @DisplayName("[X29] the defaults are as documented")
    void defaults() {
        PgxcConfiguration configuration = PgxcConfiguration.builder().build();
        assertThat(configuration.host()).isEqualTo("localhost");
        assertThat(configuration.port()).isEqualTo(5432);
        assertThat(configuration.database()).isNull();
        assertThat(configuration.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(configuration.statementTimeout()).isNull();
        assertThat(configuration.lockWaitTimeout()).isNull();
        assertThat(configuration.responseTimeout()).isZero();
        assertThat(configuration.pipelineLimit()).isEqualTo(256);
        assertThat(configuration.preparedStatementCacheQueries()).isEqualTo(256);
        assertThat(configuration.fetchSize()).isZero();
        assertThat(configuration.stringType()).isEqualTo(StringType.AUTO);
        assertThat(configuration.stallBufferBytes()).isEqualTo(8 * 1024 * 1024);
        assertThat(configuration.stallTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(configuration.cancelGrace()).isEqualTo(Duration.ofMillis(100));
        assertThat(configuration.deferBegin()).isTrue();
        assertThat(configuration.resetOnRelease()).isEqualTo(ResetOnRelease.NONE);
        assertThat(configuration.notificationBuffer()).isEqualTo(8192);
        assertThat(configuration.scramMaxIterations()).isEqualTo(100_000);
        assertThat(configuration.maxMessageSize()).isEqualTo(Integer.MAX_VALUE);
        assertThat(configuration.allowCleartextPassword()).isFalse();
        assertThat(configuration.tcpKeepAlive()).isTrue();
        assertThat(configuration.tcpNoDelay()).isTrue();
        assertThat(configuration.loopResources()).isNull();
        assertThat(configuration.codecRegistrars()).isEmpty();
        assertThat(configuration.settings()).containsExactly(entry("application_name", "r2dbc-pgxc"));
    }

    @Test
    @DisplayName(
            "[X29] without a user there is a configuration, and an error that names the option when it is asked for")
    void noUser() {
        PgxcConfiguration configuration = PgxcConfiguration.builder().build();
        StepVerifier.create(configuration.user())
                .expectErrorSatisfies(missing -> assertThat(missing)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("option user is missing"))
                .verify(Duration.ofSeconds(10));
        StepVerifier.create(configuration.password()).expectComplete().verify(Duration.ofSeconds(10));
    }

    @Test
    @DisplayName("[F8] suppliers are asked again for every connection, and never on the thread that connects")
    void suppliers() {
        Thread caller = Thread.currentThread();
        AtomicInteger asked = new AtomicInteger();
        Supplier<String> rotating = () -> {
            assertThat(Schedulers.isInNonBlockingThread()).isFalse();
            assertThat(Thread.currentThread()).isNotSameAs(caller);
            return "value " + asked.incrementAndGet();
        };
        PgxcConfiguration configuration =
                PgxcConfiguration.builder().user(rotating).password(rotating).build();
        assertThat(asked).hasValue(0);
        StepVerifier.create(configuration
                        .user()
                        .concatWith(configuration.password())
                        .concatWith(configuration.user()))
                .expectNext("value 1", "value 2", "value 3")
                .expectComplete()
                .verify(Duration.ofSeconds(10));
    }

    @Test
    @DisplayName("[F8] of a publisher the first element counts, and its error is the connection's")
    void publishers() {
        Publisher<String> several = Flux.just("a", "b");
        Publisher<String> failing = Mono.error(new IllegalStateException("vault is sealed"));
        PgxcConfiguration configuration =
                PgxcConfiguration.builder().user(several).password(failing).build();
        StepVerifier.create(configuration.user())
                .expectNext("a")
                .expectComplete()
                .verify(Duration.ofSeconds(10));
        StepVerifier.create(configuration.password())
                .expectErrorMessage("vault is sealed")
                .verify(Duration.ofSeconds(10));
        StepVerifier.create(PgxcConfiguration.builder()
                        .user(Mono.<String>empty())
                        .build()
                        .user())
                .expectErrorMessage("option user is an empty publisher")
                .verify(Duration.ofSeconds(10));
    }

    @Test
    @DisplayName("[F16] NUL is refused in every text, also in what suppliers and publishers bring")
    void nul() {
        List<Consumer<PgxcConfiguration.Builder>> attempts = List.of(
                builder -> builder.host("a\0"),
                builder -> builder.database("a\0"),
                builder -> builder.user("a\0"),
                builder -> builder.password("a\0"),
                builder -> builder.applicationName("a\0"),
                builder -> builder.schema("a\0"),
                builder -> builder.timeZone("a\0"),
                builder -> builder.options(Map.of("a", "b\0")),
                builder -> builder.options(Map.of("a\0", "b")));
        assertThat(attempts)
                .allSatisfy(attempt -> assertThatIllegalArgumentException()
                        .isThrownBy(() -> attempt.accept(PgxcConfiguration.builder()))
                        .withMessageContaining("NUL"));
        PgxcConfiguration configuration = PgxcConfiguration.builder()
                .user(() -> "a\0")
                .password(Mono.just("s3cret\0"))
                .build();
        StepVerifier.create(configuration.user())
                .expectError(IllegalArgumentException.class)
                .verify(Duration.ofSeconds(10));
        StepVerifier.create(configuration.password())
                .expectErrorSatisfies(refusal -> assertThat(refusal)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageNotContaining("s3cret"))
                .verify(Duration.ofSeconds(10));
    }

    @Test
    @DisplayName("[X27] null is refused everywhere, with the option's name")
    void nulls() {
        Map<String, Consumer<PgxcConfiguration.Builder>> attempts = new HashMap<>();
        attempts.put("host", builder -> builder.host(null));
        attempts.put("database", builder -> builder.database(null));
        attempts.put("user", builder -> builder.user((String) null));
        attempts.put("password", builder -> builder.password((String) null));
        attempts.put("applicationName", builder -> builder.applicationName(null));
        attempts.put("schema", builder -> builder.schema(null));
        attempts.put("timeZone", builder -> builder.timeZone((ZoneId) null));
        attempts.put("options", builder -> builder.options(null));
        attempts.put("connectTimeout", builder -> builder.connectTimeout(null));
        attempts.put("stringType", builder -> builder.stringType(null));
        attempts.put("resetOnRelease", builder -> builder.resetOnRelease(null));
        attempts.put("loopResources", builder -> builder.loopResources(null));
        attempts.put("extensions", builder -> builder.codecRegistrar(null));
        assertThat(attempts)
                .allSatisfy((name, attempt) -> assertThatIllegalArgumentException()
                        .isThrownBy(() -> attempt.accept(PgxcConfiguration.builder()))
                        .withMessageContaining("option " + name));
    }

    @Test
    @DisplayName("[X29] options have the last word over the knobs that set the same, whatever their case")
    void optionsWin() {
        PgxcConfiguration configuration = PgxcConfiguration.builder()
                .applicationName("knob")
                .statementTimeout(Duration.ofSeconds(1))
                .options(Map.of("Application_Name", "option", "STATEMENT_TIMEOUT", "5s"))
                .build();
        assertThat(configuration.settings())
                .hasSize(2)
                .containsEntry("application_name", "option")
                .containsEntry("statement_timeout", "5s");
    }

    @Test
    @DisplayName("[X15] the server counts in milliseconds: a shorter limit is one, never none")
    void shortTimeouts() {
        assertThat(PgxcConfiguration.builder()
                        .statementTimeout(Duration.ofNanos(5))
                        .lockWaitTimeout(Duration.ZERO)
                        .build()
                        .settings())
                .containsEntry("statement_timeout", "1")
                .containsEntry("lock_timeout", "0");
    }

    @Test
    @DisplayName("[X29] a configuration does not change with its builder, nor with the map that was given")
    void immutable() {
        Map<String, String> options = new HashMap<>(Map.of("jit", "off"));
        PgxcConfiguration.Builder builder =
                PgxcConfiguration.builder().options(options).host("a");
        PgxcConfiguration configuration = builder.build();
        options.put("jit", "on");
        builder.host("b").codecRegistrar(registry -> {});
        assertThat(configuration.host()).isEqualTo("a");
        assertThat(configuration.settings()).containsEntry("jit", "off");
        assertThat(configuration.codecRegistrars()).isEmpty();
    }

    @Test
    @DisplayName("[F16] its text shows where connections go, and no password")
    void text() {
        assertThat(PgxcConfiguration.builder()
                        .host("h")
                        .user("me")
                        .password("s3cret")
                        .database("d")
                        .build()
                        .toString())
                .contains("host=h", "port=5432", "database=d", "user=me")
                .doesNotContain("s3cret");
        assertThat(PgxcConfiguration.builder().user(() -> "later").build().toString())
                .contains("not known yet")
                .doesNotContain("later");
    }
}
