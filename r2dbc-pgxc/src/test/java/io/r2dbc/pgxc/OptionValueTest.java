// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionValueTest {

    @ParameterizedTest(name = "[X29] duration {0} is {1}")
    @CsvSource({
        "2s, PT2S",
        "500ms, PT0.5S",
        "PT2S, PT2S",
        "pt1m, PT1M",
        "P1D, PT24H",
        "1500, PT1.5S",
        "' 3 s ', PT3S",
        "2m, PT2M",
        "2min, PT2M",
        "1h, PT1H",
        "1d, PT24H",
        "7us, PT0.000007S",
        "0, PT0S",
        "2S, PT2S"
    })
    void durations(String text, Duration duration) {
        assertThat(new OptionValue("x", text).duration()).isEqualTo(duration);
    }

    @ParameterizedTest(name = "[X29] duration {0} is refused")
    @ValueSource(
            strings = {
                "",
                "s",
                "2 seconds",
                "-1s",
                "1.5s",
                "P",
                "PT",
                "99999999999999999999",
                "9223372036854775807d",
                "2ss"
            })
    void badDurations(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OptionValue("stallTimeout", text).duration())
                .withMessage("option stallTimeout is '" + text + "', but must be "
                        + "a duration such as 2s, 500ms, PT2S, or a number of milliseconds");
    }

    @Test
    @DisplayName("[X29] a duration may be an object, or a number of milliseconds")
    void durationObjects() {
        assertThat(new OptionValue("x", Duration.ofNanos(5)).duration()).isEqualTo(Duration.ofNanos(5));
        assertThat(new OptionValue("x", 250).duration()).isEqualTo(Duration.ofMillis(250));
        assertThatIllegalArgumentException().isThrownBy(() -> new OptionValue("x", List.of()).duration());
    }

    @ParameterizedTest(name = "[X29] size {0} is {1} bytes")
    @CsvSource({"65536, 65536", "0, 0", "512kB, 524288", "8 MiB, 8388608", "8mb, 8388608", "1GB, 1073741824", "7b, 7"})
    void sizes(String text, int bytes) {
        assertThat(new OptionValue("x", text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest(name = "[X29] size {0} is refused")
    @ValueSource(strings = {"", "MB", "2GB", "-1", "1.5MB", "8MBit", "99999999999999999999"})
    void badSizes(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OptionValue("x", text).bytes())
                .withMessageContaining("a size such as");
    }

    @ParameterizedTest(name = "[X29] switch {0} is {1}")
    @CsvSource({"true, true", "ON, true", "yes, true", "1, true", "False, false", "off, false", "no, false", "0, false"
    })
    void switches(String text, boolean on) {
        assertThat(new OptionValue("x", text).bool()).isEqualTo(on);
        assertThat(new OptionValue("x", on).bool()).isEqualTo(on);
    }

    @Test
    @DisplayName("[X29] whole numbers come as text or as numbers, and do not wrap around")
    void integers() {
        assertThat(new OptionValue("x", " 12 ").integer()).isEqualTo(12);
        assertThat(new OptionValue("x", 12L).integer()).isEqualTo(12);
        assertThat(new OptionValue("x", (short) -3).integer()).isEqualTo(-3);
        for (Object bad : List.of("", "1.5", 1.5, "4294967297", 4294967297L, "0x10", List.of(1))) {
            assertThatIllegalArgumentException().isThrownBy(() -> new OptionValue("x", bad).integer());
        }
    }

    @Test
    @DisplayName("[X29] words are taken in any case, hyphens for underscores, also as another class's constant")
    void words() {
        assertThat(new OptionValue("x", "MicroSeconds").oneOf(TimeUnit.class)).isEqualTo(TimeUnit.MICROSECONDS);
        assertThat(new OptionValue("x", "discard-all").oneOf(PgxcConfiguration.ResetOnRelease.class))
                .isEqualTo(PgxcConfiguration.ResetOnRelease.DISCARD_ALL);
        assertThat(new OptionValue("x", TimeUnit.DAYS).oneOf(TimeUnit.class)).isEqualTo(TimeUnit.DAYS);
        assertThat(new OptionValue("x", Other.VARCHAR).oneOf(PgxcConfiguration.StringType.class))
                .isEqualTo(PgxcConfiguration.StringType.VARCHAR);
    }

    private enum Other {
        VARCHAR
    }

    @Test
    @DisplayName("[X29] pairs come as a map or as text")
    void pairs() {
        assertThat(new OptionValue("x", "a=1; b = x=y ;;c=").pairs()).isEqualTo(Map.of("a", "1", "b", "x=y", "c", ""));
        assertThat(new OptionValue("x", "").pairs()).isEmpty();
        assertThat(new OptionValue("x", Map.of("a", 1)).pairs()).isEqualTo(Map.of("a", "1"));
        assertThatIllegalArgumentException().isThrownBy(() -> new OptionValue("x", "=1").pairs());
    }

    @Test
    @DisplayName("[X29] objects come alone, in arrays and in collections")
    void objects() {
        assertThat(new OptionValue("x", 1L).objects(Long.class)).containsExactly(1L);
        assertThat(new OptionValue("x", new Long[] {1L, 2L}).objects(Long.class))
                .containsExactly(1L, 2L);
        assertThat(new OptionValue("x", List.of(1L)).objects(Long.class)).containsExactly(1L);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OptionValue("x", "1").objects(Long.class))
                .withMessage("option x is '1', but must be an object of java.lang.Long, given by program");
    }

    @Test
    @DisplayName("[F16, A12] what is shown of a value is short, escaped, and never a password")
    void shown() {
        assertThat(new OptionValue("x", "a\nb" + "c".repeat(100)).shown())
                .hasSizeLessThan(80)
                .contains("\\n");
        assertThat(new OptionValue("x", new Object()).shown()).isEqualTo("'an object of java.lang.Object'");
        for (String name : List.of("password", "sslPassword", "PASSWORD")) {
            assertThat(new OptionValue(name, "s3cret").toString()).isEqualTo(name + "=(hidden)");
            assertThat(new OptionValue(name, "s3cret").refused("x")).hasMessageNotContaining("s3cret");
        }
    }
}
