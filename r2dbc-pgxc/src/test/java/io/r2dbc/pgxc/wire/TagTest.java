// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("message types")
class TagTest {

    @Test
    @DisplayName("[A3] every byte has a name for an error text, the unknown in hex")
    void names() {
        assertThat(Tag.name(Tag.DATA_ROW)).isEqualTo("DataRow");
        assertThat(Tag.describe(Tag.DATA_ROW)).isEqualTo("'D' DataRow");
        assertThat(Tag.name((byte) 7)).isEqualTo("0x07");
        assertThat(Tag.describe((byte) 0xFF)).isEqualTo("0xFF");
    }

    @Test
    @DisplayName("three messages may come at any time")
    void asynchronous() {
        StringBuilder asynchronous = new StringBuilder();
        for (int type = 0; type < 256; type++) {
            if (Tag.isAsynchronous((byte) type)) {
                asynchronous.append((char) type);
            }
        }
        assertThat(asynchronous).hasToString("ANS");
    }
}
