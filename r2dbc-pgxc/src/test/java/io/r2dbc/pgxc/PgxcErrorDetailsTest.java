// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.wire.ErrorFields;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PgxcErrorDetailsTest {

    @Test
    @DisplayName("[X26] every field of the server's error has its accessor")
    void fields() {
        PgxcErrorDetails details = new PgxcErrorDetails(ErrorFields.of(Map.ofEntries(
                Map.entry('S', "FEHLER"),
                Map.entry('V', "ERROR"),
                Map.entry('C', "23505"),
                Map.entry('M', "message"),
                Map.entry('D', "detail"),
                Map.entry('H', "hint"),
                Map.entry('P', "7"),
                Map.entry('p', "8"),
                Map.entry('q', "internal query"),
                Map.entry('W', "where"),
                Map.entry('s', "schema"),
                Map.entry('t', "table"),
                Map.entry('c', "column"),
                Map.entry('d', "data type"),
                Map.entry('n', "constraint"),
                Map.entry('F', "file"),
                Map.entry('L', "9"),
                Map.entry('R', "routine"),
                Map.entry('x', "unknown"))));
        assertThat(details.severity()).isEqualTo("ERROR");
        assertThat(details.sqlState()).isEqualTo("23505");
        assertThat(details.message()).isEqualTo("message");
        assertThat(details.detail()).isEqualTo("detail");
        assertThat(details.hint()).isEqualTo("hint");
        assertThat(details.position()).isEqualTo(7);
        assertThat(details.internalPosition()).isEqualTo(8);
        assertThat(details.internalQuery()).isEqualTo("internal query");
        assertThat(details.where()).isEqualTo("where");
        assertThat(details.schema()).isEqualTo("schema");
        assertThat(details.table()).isEqualTo("table");
        assertThat(details.column()).isEqualTo("column");
        assertThat(details.dataType()).isEqualTo("data type");
        assertThat(details.constraint()).isEqualTo("constraint");
        assertThat(details.file()).isEqualTo("file");
        assertThat(details.line()).isEqualTo(9);
        assertThat(details.routine()).isEqualTo("routine");
        assertThat(details.field('x')).isEqualTo("unknown");
        assertThat(details.field('S')).isEqualTo("FEHLER");
        assertThat(details).hasToString("ERROR 23505: message Detail: detail Hint: hint");
    }

    @ParameterizedTest(name = "[S6.4] {0} alone")
    @ValueSource(chars = {'s', 't', 'c', 'd', 'n'})
    @DisplayName("[S6.4] each object field may be there without the others, with a name of nothing that exists")
    void objectFieldAlone(char field) {
        PgxcErrorDetails details = new PgxcErrorDetails(
                ErrorFields.of(Map.of('S', "ERROR", 'C', "P0001", 'M', "raised", field, "long gone")));
        Map<Character, Optional<String>> objects = Map.of(
                's', Optional.ofNullable(details.schema()),
                't', Optional.ofNullable(details.table()),
                'c', Optional.ofNullable(details.column()),
                'd', Optional.ofNullable(details.dataType()),
                'n', Optional.ofNullable(details.constraint()));
        assertThat(objects)
                .allSatisfy((code, text) ->
                        assertThat(text).isEqualTo(code == field ? Optional.of("long gone") : Optional.empty()));
        assertThat(details).hasToString("ERROR P0001: raised");
    }

    @Test
    @DisplayName("[A12, S6.6] nothing is taken for granted, and the raw text stays raw in the details only")
    void hostile() {
        PgxcErrorDetails empty = new PgxcErrorDetails(ErrorFields.of(Map.of()));
        assertThat(empty.sqlState()).isEqualTo("XX000");
        assertThat(empty.severity()).isEqualTo("ERROR");
        assertThat(empty.message()).isNotEmpty();
        assertThat(empty.detail()).isNull();
        PgxcErrorDetails escapes =
                new PgxcErrorDetails(ErrorFields.of(Map.of('S', "E\nR", 'C', "22000", 'M', "a\u001b[0m\nb")));
        assertThat(escapes.message()).isEqualTo("a\u001b[0m\nb");
        assertThat(escapes).hasToString("E\\nR 22000: a\\u001b[0m\\nb");
    }
}
