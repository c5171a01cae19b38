// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.wire.ErrorFields;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ErrorTextTest {

    @Test
    @DisplayName("[X26] the server's text, then detail and hint")
    void order() {
        assertThat(ErrorText.of(ErrorFields.of(Map.of('M', "no", 'D', "because", 'H', "ask", 'C', "42601"))))
                .isEqualTo("no Detail: because Hint: ask");
        assertThat(ErrorText.of(ErrorFields.of(Map.of('M', "no", 'H', "ask")))).isEqualTo("no Hint: ask");
        assertThat(ErrorText.of(ErrorFields.of(Map.of('M', "no", 'D', "")))).isEqualTo("no");
        assertThat(ErrorText.of(ErrorFields.of(Map.of()))).isNotEmpty();
    }

    @Test
    @DisplayName("[A12] line breaks, escape sequences and characters that reorder others are escaped, letters are not")
    void escapes() {
        assertThat(ErrorText.escaped("a\r\nb\tc")).isEqualTo("a\\r\\nb\\tc");
        assertThat(ErrorText.escaped("\u001b[31mred\0\u007f\u009b")).isEqualTo("\\u001b[31mred\\u0000\\u007f\\u009b");
        assertThat(ErrorText.escaped("\u202e\u2028\u2029\u200b\ufeff"))
                .isEqualTo("\\u202e\\u2028\\u2029\\u200b\\ufeff");
        assertThat(ErrorText.escaped("naïve 日本 \ud83d\ude00 \\ '")).isEqualTo("naïve 日本 \ud83d\ude00 \\ '");
    }
}
