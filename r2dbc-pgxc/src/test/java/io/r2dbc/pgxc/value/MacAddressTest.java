// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MacAddressTest {

    @ParameterizedTest(name = "[X30] {0}")
    @DisplayName("[X30] addresses are read from colons and hyphens, and printed with colons")
    @CsvSource({
        "08:00:2b:01:02:03, 08:00:2b:01:02:03",
        "08-00-2B-01-02-FF, 08:00:2b:01:02:ff",
        "FF:FF:FF:FF:FF:FF, ff:ff:ff:ff:ff:ff",
        "08:00:2b:01:02:03:04:05, 08:00:2b:01:02:03:04:05",
        "80-00-00-00-00-00-00-01, 80:00:00:00:00:00:00:01"
    })
    void parses(String text, String printed) {
        MacAddress address = MacAddress.parse(text);

        assertThat(address).hasToString(printed);
        assertThat(address.bytes()).hasSize((text.length() + 1) / 3);
        assertThat(MacAddress.of(address.bytes())).isEqualTo(address);
    }

    @ParameterizedTest(name = "[X31] ''{0}''")
    @DisplayName("[X31] everything else is refused")
    @ValueSource(
            strings = {
                "",
                "08",
                "08:00",
                "08002b010203",
                "08:00:2b:01:02",
                "08:00:2b:01:02:03:04",
                "08:00:2b:01:02-03",
                "08.00.2b.01.02.03",
                "08:00:2b:01:02:0g",
                "08:00:2b:01:02:0",
                " 08:00:2b:01:02:03",
                "08:00:2b:01:02:03:",
                "\u0660\u0668:00:2b:01:02:03"
            })
    void refusesOtherText(String text) {
        assertThatThrownBy(() -> MacAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no hardware address: '" + text + "'");
    }

    @Test
    @DisplayName("[X31] an address has six bytes or eight")
    void refusesOtherLengths() {
        for (int length : new int[] {0, 5, 7, 9}) {
            assertThatThrownBy(() -> MacAddress.of(new byte[length])).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new MacAddress(1L << 48, 6)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new MacAddress(-1, 8).bytes()).containsOnly(-1);
        assertThat(new MacAddress(1, 6)).isNotEqualTo(new MacAddress(1, 8));
    }

    @Test
    @DisplayName("[X30] the bytes that are given, and those that are got, are copies")
    void copiesBytes() {
        byte[] bytes = {1, 2, 3, 4, 5, 6};
        MacAddress address = MacAddress.of(bytes);
        bytes[0] = 9;
        address.bytes()[1] = 9;

        assertThat(address.bytes()).containsExactly(1, 2, 3, 4, 5, 6);
    }
}
