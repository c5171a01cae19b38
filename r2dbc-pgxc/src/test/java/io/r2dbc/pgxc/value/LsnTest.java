// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LsnTest {

    private static final Lsn FIRST = new Lsn(0);
    private static final Lsn LAST = new Lsn(-1);

    @ParameterizedTest(name = "[X30] {0}")
    @DisplayName("[X30] positions are read in upper and lower case, and printed as the server does")
    @CsvSource({"0/0, 0/0", "16/b374d848, 16/B374D848", "00000001/0000000A, 1/A", "ffffffff/FFFFFFFF, FFFFFFFF/FFFFFFFF"
    })
    void parses(String text, String printed) {
        assertThat(Lsn.parse(text)).hasToString(printed).isEqualTo(Lsn.parse(printed));
    }

    @ParameterizedTest(name = "[X31] ''{0}''")
    @DisplayName("[X31] everything else is refused")
    @ValueSource(
            strings = {
                "",
                "/",
                "0",
                "0/",
                "/0",
                "0/0/0",
                "000000000/0",
                "0/000000000",
                "g/0",
                "-1/0",
                " 0/0",
                "\u0660/0"
            })
    void refusesOtherText(String text) {
        assertThatThrownBy(() -> Lsn.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no position in the log: '" + text + "'");
    }

    @Test
    @DisplayName("[X30] positions are ordered as unsigned numbers")
    void compares() {
        assertThat(FIRST).isLessThan(LAST);
        assertThat(new Lsn(Long.MAX_VALUE)).isLessThan(new Lsn(Long.MIN_VALUE));
        assertThat(new Lsn(7)).isEqualByComparingTo(new Lsn(7));
    }

    @Test
    @DisplayName("[X31] the distance of two positions is exact or an error")
    void measures() {
        assertThat(new Lsn(10).distanceTo(new Lsn(15))).isEqualTo(5);
        assertThat(new Lsn(15).distanceTo(new Lsn(10))).isEqualTo(-5);
        assertThat(LAST.distanceTo(LAST)).isZero();
        assertThat(new Lsn(-10).distanceTo(LAST)).isEqualTo(9);
        assertThat(FIRST.distanceTo(new Lsn(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
        assertThat(new Lsn(Long.MIN_VALUE).distanceTo(FIRST)).isEqualTo(Long.MIN_VALUE);
        assertThatThrownBy(() -> FIRST.distanceTo(new Lsn(Long.MIN_VALUE))).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> FIRST.distanceTo(LAST))
                .isInstanceOf(ArithmeticException.class)
                .hasMessage("from 0/0 to FFFFFFFF/FFFFFFFF exceeds a long");
        assertThatThrownBy(() -> LAST.distanceTo(FIRST)).isInstanceOf(ArithmeticException.class);
    }
}
