// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.r2dbc.pgxc.wire.BackendMessage.ErrorResponse;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("error fields")
class ErrorFieldsTest {

    @Test
    @DisplayName("[S6.1] every field has its accessor")
    void everyField() {
        ErrorFields fields = fields(
                "SFEHLER", "VERROR", "C23505", "Mm", "Dd", "Hh", "P1", "p2", "qq", "Ww", "ss", "tt", "cc", "dty", "nn",
                "Ff.c", "L99", "Rr");
        assertThat(fields.severity()).isEqualTo("ERROR");
        assertThat(fields.sqlState()).isEqualTo("23505");
        assertThat(fields.message()).isEqualTo("m");
        assertThat(fields.detail()).isEqualTo("d");
        assertThat(fields.hint()).isEqualTo("h");
        assertThat(fields.position()).isEqualTo(1);
        assertThat(fields.internalPosition()).isEqualTo(2);
        assertThat(fields.internalQuery()).isEqualTo("q");
        assertThat(fields.where()).isEqualTo("w");
        assertThat(fields.schema()).isEqualTo("s");
        assertThat(fields.table()).isEqualTo("t");
        assertThat(fields.column()).isEqualTo("c");
        assertThat(fields.dataType()).isEqualTo("ty");
        assertThat(fields.constraint()).isEqualTo("n");
        assertThat(fields.file()).isEqualTo("f.c");
        assertThat(fields.line()).isEqualTo(99);
        assertThat(fields.routine()).isEqualTo("r");
        assertThat(fields).hasToString("ERROR 23505: m");
    }

    @Test
    @DisplayName("[A12, S6.6, S8.22] an error without any field has substitutes for what must be there")
    void noField() {
        ErrorFields fields = fields();
        assertThat(fields.severity()).isEqualTo("ERROR");
        assertThat(fields.isFatal()).isFalse();
        assertThat(fields.sqlState()).isEqualTo("XX000");
        assertThat(fields.message()).isNotBlank();
        assertThat(fields.detail()).isNull();
        assertThat(fields.position()).isNull();
    }

    @ParameterizedTest(name = "[A12, S6.6] {0}")
    @ValueSource(strings = {"C", "C4260", "C426011", "C4260a", "C    1"})
    @DisplayName("[A12, S6.6] what is no SQLSTATE is replaced, and kept as a field")
    void impossibleSqlState(String code) {
        ErrorFields fields = fields(code);
        assertThat(fields.sqlState()).isEqualTo("XX000");
        assertThat(fields.get('C')).isEqualTo(code.substring(1));
    }

    @ParameterizedTest(name = "[A12, S6.3] S={0} V={1}")
    @CsvSource({"FATAL, , true", "PANIC, , true", "ERROR, , false", "FATAL, ERROR, false", "SCHWERWIEGEND, FATAL, true"
    })
    @DisplayName("[A12, S6.3] V decides whether an error is fatal, and S where there is no V")
    void severity(String translated, String untranslated, boolean fatal) {
        ErrorFields fields =
                untranslated == null ? fields("S" + translated) : fields("S" + translated, "V" + untranslated);
        assertThat(fields.isFatal()).isEqualTo(fatal);
    }

    @ParameterizedTest(name = "[S6.6] {0}")
    @ValueSource(strings = {"", "x", "1.5", "99999999999", " 1"})
    @DisplayName("[S6.6] numbers that are none are absent")
    void impossibleNumbers(String text) {
        ErrorFields fields = fields("P" + text, "L" + text, "p" + text);
        assertThat(fields.position()).isNull();
        assertThat(fields.line()).isNull();
        assertThat(fields.internalPosition()).isNull();
    }

    @Test
    @DisplayName("[A12, S6.1] unknown codes are kept, even 0xFF, and the first of duplicates wins")
    void unknownAndDuplicates() {
        ErrorFields fields = read(Octets.join(
                Octets.hex("FF"),
                Octets.of("odd\0"),
                Octets.of("Mfirst\0Msecond\0"),
                Octets.of("zzz\0"),
                Octets.hex("00")));
        assertThat(fields.get('\u00FF')).isEqualTo("odd");
        assertThat(fields.get('z')).isEqualTo("zz");
        assertThat(fields.message()).isEqualTo("first");
    }

    @Test
    @DisplayName("[S6.1] ten thousand times the same code is one field")
    void tenThousandDuplicates() {
        ErrorFields fields = read(Octets.of("Mfirst\0" + "Magain\0".repeat(10_000) + "\0"));
        assertThat(fields.asMap()).isEqualTo(Map.of('M', "first"));
    }

    @Test
    @DisplayName("[A12, S4.6] invalid UTF-8, escapes and line ends are kept as they are, a megabyte of them too")
    void strangeTexts() {
        String text = "\u001B[31m\r\n" + "x".repeat(1 << 20);
        assertThat(fields("M" + text).message()).isEqualTo(text);
        assertThat(read(Octets.hex("4D C328 00 00")).message()).isEqualTo("\uFFFD(");
    }

    @ParameterizedTest(name = "[S6.2, S8.22] {0}")
    @ValueSource(strings = {"", "53", "53 45", "53 45 00", "53 00", "00 00", "53 45 00 00 53"})
    @DisplayName("[S6.2, S8.22] a list that does not end with a zero byte, and there, is refused")
    void missingTerminator(String body) {
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> read(Octets.hex(body)))
                .withMessageStartingWith("'E' ErrorResponse: ");
    }

    @Test
    @DisplayName("[S2.1.9] a synthetic error is fatal and has the state and the text it was made with")
    void synthetic() {
        ErrorFields fields = ErrorFields.synthetic("08004", "go away");
        assertThat(fields.isFatal()).isTrue();
        assertThat(fields).hasToString("FATAL 08004: go away");
    }

    /** Each argument is a code and the text behind it. */
    private static ErrorFields fields(String... fields) {
        Map<Character, String> map = new HashMap<>();
        for (String field : fields) {
            map.put(field.charAt(0), field.substring(1));
        }
        return ErrorFields.of(map);
    }

    private static ErrorFields read(Octets body) {
        Decoding decoding = Decoding.session();
        decoding.feed(BackendEncoder.frame('E', body));
        return decoding.sink.only(ErrorResponse.class).fields();
    }
}
