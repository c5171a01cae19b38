// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.exchange.ParameterTyping.Outcome;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ParameterTypingTest {

    @Test
    @DisplayName("[X10] 1024 texts are remembered, and the one that was asked for longest ago goes first")
    void leastRecentlyUsedGoes() {
        ParameterTyping typing = new ParameterTyping();
        for (int i = 0; i < 1024; i++) {
            typing.remember("select " + i, i % 2 == 0 ? Outcome.DEDUCED : Outcome.TEXT);
        }
        assertThat(typing.of("select 0")).isEqualTo(Outcome.DEDUCED);
        typing.remember("one more", Outcome.TEXT);
        assertThat(typing.of("select 1")).isNull();
        assertThat(typing.of("select 0")).isEqualTo(Outcome.DEDUCED);
        assertThat(typing.of("select 3")).isEqualTo(Outcome.TEXT);
        assertThat(typing.of("one more")).isEqualTo(Outcome.TEXT);
    }

    @Test
    @DisplayName("[X10] what is forgotten is asked for again")
    void forgets() {
        ParameterTyping typing = new ParameterTyping();
        typing.remember("select 1", Outcome.TEXT);
        typing.forget("select 1");
        assertThat(typing.of("select 1")).isNull();
    }
}
