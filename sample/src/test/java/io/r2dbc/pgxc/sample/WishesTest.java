// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The sample's command line")
final class WishesTest {

    @Test
    @DisplayName("asks for a million rows and for serving them")
    void standard() {
        assertThat(Wishes.of("--server.port=8081")).isEqualTo(new Wishes(false, 1_000_000));
    }

    @Test
    @DisplayName("can ask for one run over fewer rows")
    void onceOverFewer() {
        assertThat(Wishes.of("--rows=10", "--once")).isEqualTo(new Wishes(true, 10));
    }

    @Test
    @DisplayName("cannot ask for no rows")
    void noRows() {
        assertThatIllegalArgumentException().isThrownBy(() -> Wishes.of("--rows=0"));
    }
}
