// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneId;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerTimeZoneTest {

    @ParameterizedTest(name = "[G10] {0} is the server's {1}")
    @CsvSource({
        "UTC, UTC",
        "Z, UTC",
        "GMT, GMT",
        "Europe/Berlin, Europe/Berlin",
        "Etc/GMT+5, Etc/GMT+5",
        "+05:30, <+05:30>-05:30",
        "-03:00, <-03:00>+03:00",
        "GMT+2, <+02:00>-02:00",
        "UTC-08:15, <-08:15>+08:15",
        "UTC+00:00, UTC",
        "localtime, localtime",
        "posix/Europe/Rome, posix/Europe/Rome"
    })
    void spelling(String java, String server) {
        assertThat(ServerTimeZone.of(java)).isEqualTo(server);
    }

    @Test
    @DisplayName("[G10] zones as objects are spelled the same way")
    void objects() {
        assertThat(ServerTimeZone.of(ZoneId.of("GMT+2"))).isEqualTo("<+02:00>-02:00");
        assertThat(ServerTimeZone.of(ZoneId.of("America/Lima"))).isEqualTo("America/Lima");
    }
}
