// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerVersionTest {

    @ParameterizedTest(name = "[X28, X32, S9.4] {0} counts as {1}, may be a cluster: {2}")
    @CsvSource({
        "18.6, 180006, false",
        "18.6 (Debian 18.6-1.pgdg12+1), 180006, false",
        "14.24 (Ubuntu 14.24), 140024, false",
        "19beta1, 190000, false",
        "17devel, 170000, false",
        "16rc1, 160000, false",
        "13.4.8, 130004, false",
        "10.0 OpenTenBase V2, 100000, true",
        "9.6.24, 90624, true",
        "9.3.10, 90310, true",
        "9.5alpha1 (Postgres-XL 9.5alpha1), 90500, true",
        "10r1 (Postgres-XL 10r1), 100000, true",
        "1.0.4, 90100, true",
        "1.1.1, 90200, true",
        "1.2.1, 90300, true",
        "1.2devel, 90300, true",
        "8.0.2, 80002, true"
    })
    void numbers(String text, int number, boolean cluster) {
        ServerVersion version = ServerVersion.parse(text);
        assertThat(version.number()).isEqualTo(number);
        assertThat(version.mayBeCluster()).isEqualTo(cluster);
        assertThat(version).hasToString(text);
    }

    @ParameterizedTest(name = "[X32] {0} is no version and older than everything")
    @ValueSource(strings = {"", "x", ".", "-1", "99999999999999999999.1", " 18.6"})
    void unreadable(String text) {
        assertThat(ServerVersion.parse(text).number()).isZero();
        assertThat(ServerVersion.parse(text).text()).isEqualTo(text);
    }

    @Test
    @DisplayName("[X28] versions compare by their numbers")
    void order() {
        assertThat(ServerVersion.parse(null).number()).isZero();
        assertThat(ServerVersion.parse("9.6.24")).isLessThan(ServerVersion.parse("10.0"));
        assertThat(ServerVersion.parse("18.6")).isGreaterThan(ServerVersion.parse("18.5"));
        assertThat(ServerVersion.parse("18.6 (Debian)")).isEqualByComparingTo(ServerVersion.parse("18.6"));
        assertThat(ServerVersion.parse("1.2.1")).isEqualByComparingTo(ServerVersion.parse("9.3"));
        assertThat(ServerVersion.parse("9.3.10").isAtLeast(9, 3)).isTrue();
        assertThat(ServerVersion.parse("9.3.10").isAtLeast(9, 4)).isFalse();
        assertThat(ServerVersion.parse("18.6").isAtLeast(9, 4)).isTrue();
        assertThat(ServerVersion.parse("18.6").isAtLeast(19, 0)).isFalse();
    }
}
