// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.wire.BackendMessage.CommandComplete;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("CommandComplete")
class CommandCompleteTest {

    @ParameterizedTest(name = "[S5.5.1] {0}")
    @CsvSource({
        "INSERT 0 1, 1",
        "INSERT 16385 1, 1",
        "DELETE 0, 0",
        "UPDATE 42, 42",
        "MERGE 3, 3",
        "SELECT 7, 7",
        "MOVE 5, 5",
        "FETCH 10, 10",
        "COPY 1000000, 1000000",
        "A VERB OF THE FUTURE 9, 9",
        "UPDATE 9223372036854775807, 9223372036854775807"
    })
    @DisplayName("[S5.5.1] the number of rows is the last number of the tag")
    void rows(String tag, long rows) {
        assertThat(new CommandComplete(tag).rows()).isEqualTo(rows);
    }

    @ParameterizedTest(name = "[A13, S5.5.2, S8.37] \"{0}\"")
    @CsvSource({
        "BEGIN",
        "CREATE TABLE",
        "SELECT",
        "UPDATE x",
        "SELECT -1",
        "SELECT 1x",
        "''",
        "' '",
        "7",
        "' 7'",
        "'UPDATE '",
        "UPDATE ٣"
    })
    @DisplayName("[A13, S5.5.2, S8.37] a tag without a count, or with garbage, has none and does not fail")
    void noRows(String tag) {
        assertThat(new CommandComplete(tag).rows()).isEqualTo(-1);
    }

    @ParameterizedTest(name = "[A13, S5.5.2] {0}")
    @CsvSource({"UPDATE 9223372036854775808", "INSERT 0 99999999999999999999", "SELECT 18446744073709551615"})
    @DisplayName("[A13, S5.5.2] a count that a long cannot hold is the greatest long")
    void saturated(String tag) {
        assertThat(new CommandComplete(tag).rows()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    @DisplayName("[A13] a tag may be 10 KiB long")
    void longTag() {
        assertThat(new CommandComplete("X".repeat(10_240)).rows()).isEqualTo(-1);
        assertThat(new CommandComplete("X " + "9".repeat(10_240)).rows()).isEqualTo(Long.MAX_VALUE);
    }
}
