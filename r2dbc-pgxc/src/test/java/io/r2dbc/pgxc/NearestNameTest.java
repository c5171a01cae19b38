// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class NearestNameTest {

    private static final Set<String> NAMES = Set.of("host", "port", "fetchSize", "statementTimeout", "stallTimeout");

    @Test
    @DisplayName("[X35] the nearest name is found over letters missing, added, exchanged, and over case")
    void near() {
        assertThat(NearestName.of("fetchsize", NAMES)).isEqualTo("fetchSize");
        assertThat(NearestName.of("fetch_size", NAMES)).isEqualTo("fetchSize");
        assertThat(NearestName.of("statmentTimeout", NAMES)).isEqualTo("statementTimeout");
        assertThat(NearestName.of("stalTimeouts", NAMES)).isEqualTo("stallTimeout");
        assertThat(NearestName.of("prot", NAMES)).isEqualTo("port");
    }

    @Test
    @DisplayName("[X35] nothing is suggested for what is not near, and not for endless names")
    void far() {
        assertThat(NearestName.of("xyz", NAMES)).isNull();
        assertThat(NearestName.of("", NAMES)).isNull();
        assertThat(NearestName.of("host".repeat(100_000), NAMES)).isNull();
    }
}
