// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TidTest {

    @Test
    @DisplayName("[X31] a block has 32 bits, an offset 16")
    void checksRanges() {
        assertThat(new Tid(0, 0)).hasToString("(0,0)");
        assertThat(new Tid(4_294_967_295L, 65_535)).hasToString("(4294967295,65535)");
        for (long block : new long[] {-1, 4_294_967_296L}) {
            assertThatThrownBy(() -> new Tid(block, 1)).isInstanceOf(IllegalArgumentException.class);
        }
        for (int offset : new int[] {-1, 65_536}) {
            assertThatThrownBy(() -> new Tid(1, offset)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
