// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SnapshotTest {

    @Test
    @DisplayName("[X31] the numbers are in the order that the server demands")
    void checksOrder() {
        assertThat(new Snapshot(1, 1, List.of())).hasToString("1:1:");
        assertThat(new Snapshot(10, 20, List.of(10L, 19L))).hasToString("10:20:10,19");
        assertThatThrownBy(() -> new Snapshot(0, 1, List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Snapshot(2, 1, List.of())).isInstanceOf(IllegalArgumentException.class);
        for (List<Long> inProgress : List.of(List.of(9L), List.of(20L), List.of(12L, 11L), List.of(11L, 11L))) {
            assertThatThrownBy(() -> new Snapshot(10, 20, inProgress))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("transactions in progress are not ascending from 10 to below 20: ");
        }
    }

    @Test
    @DisplayName("[X30] the list that is given is copied")
    void copiesLists() {
        List<Long> inProgress = new ArrayList<>(List.of(11L));
        Snapshot snapshot = new Snapshot(10, 20, inProgress);
        inProgress.clear();

        assertThat(snapshot.inProgress()).containsExactly(11L).isUnmodifiable();
    }
}
