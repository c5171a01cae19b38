// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static io.r2dbc.pgxc.codec.Extensions.REGISTRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LtreeTest {

    @ParameterizedTest(name = "[X30, G8] {0} {1}")
    @DisplayName("[X30, G8] the types of ltree are strings, in binary behind the number of a version")
    @CsvSource({
        "ltree, Top.Science.Astronomy, 01546f702e536369656e63652e417374726f6e6f6d79",
        "ltree, '', 01",
        "ltree, \u00e4.b, 01c3a42e62",
        "lquery, 'Top.*{1,2}.!a|b@', 01546f702e2a7b312c327d2e21617c6240",
        "ltxtquery, Europe & Russia*@ & !Transportation, "
                + "014575726f70652026205275737369612a40202620215472616e73706f72746174696f6e"
    })
    void reads(String name, String text, String hex) {
        int oid = Extensions.oid(name);
        assertThat(REGISTRY.defaultType(oid)).isEqualTo(String.class);
        assertThat(REGISTRY.readsBinary(oid)).isTrue();
        for (Class<?> target : List.of(String.class, Object.class)) {
            assertThat((Object) Extensions.text(oid, text, target)).isEqualTo(text);
            assertThat((Object) Extensions.binary(oid, hex, target)).isEqualTo(text);
        }
        Extensions.survivesDamage(name, text, hex, String.class, Object.class);
    }

    @ParameterizedTest(name = "[X10] {0}")
    @DisplayName("[X10] strings are written as text, which the server reads")
    @ValueSource(strings = {"ltree", "lquery", "ltxtquery"})
    void writes(String name) {
        Encoding encoding = REGISTRY.encoding("a.b", Extensions.oid(name));
        assertThat(encoding.typeOid()).isEqualTo(Extensions.oid(name));
        assertThat(encoding.format()).isEqualTo(Format.TEXT);
        assertThat(Bytes.written(encoding, "a.b")).isEqualTo("a.b".getBytes(StandardCharsets.UTF_8));

        Encoding array = REGISTRY.encoding(List.of("a.b", "c"), Extensions.arrayOid(name));
        assertThat(array.typeOid()).isEqualTo(Extensions.arrayOid(name));
        assertThat(array.format()).isEqualTo(Format.TEXT);
        assertThat(Bytes.written(array, List.of("a.b", "c")))
                .isEqualTo("{\"a.b\",\"c\"}".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> REGISTRY.encoding(1, Extensions.oid(name)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest(name = "[G11, S8.32] {0}")
    @DisplayName("[G11, S8.32] another version, and bytes that are no text, are an error for the value")
    @ValueSource(strings = {"", "00", "0061", "0261", "ff61", "01ff", "0100", "0161c3"})
    void refusesOtherBytes(String hex) {
        for (String name : List.of("ltree", "lquery", "ltxtquery")) {
            assertThatThrownBy(() -> Extensions.binary(Extensions.oid(name), hex, String.class))
                    .isInstanceOf(ValueException.class)
                    .hasMessageStartingWith(name + " (binary): ");
        }
    }

    @ParameterizedTest(name = "[X30] {0}")
    @DisplayName("[X30] there is no other class for them")
    @ValueSource(strings = {"ltree", "lquery", "ltxtquery"})
    void hasNoOtherClass(String name) {
        for (Class<?> target : List.of(Character.class, Format.class, byte[].class, Integer.class)) {
            for (Format format : Format.values()) {
                assertThatThrownBy(() -> REGISTRY.decoder(Extensions.oid(name), format, target))
                        .isInstanceOf(ValueException.class)
                        .hasMessage(name + " (" + format + "): no conversion to " + target.getTypeName());
            }
        }
    }

    @ParameterizedTest(name = "[X30, G8] {0}[]")
    @DisplayName("[X30, G8] arrays of them are read in both formats")
    @ValueSource(strings = {"ltree", "lquery", "ltxtquery"})
    void readsArrays(String name) {
        int array = Extensions.arrayOid(name);
        String hex = Extensions.array(Extensions.oid(name), "01612e62", null, "0163");
        String text = "{a.b,NULL,c}";
        for (Class<?> target : List.of(String[].class, Object.class)) {
            assertThat((Object) Extensions.binary(array, hex, target)).isEqualTo(new String[] {"a.b", null, "c"});
            assertThat((Object) Extensions.text(array, text, target)).isEqualTo(new String[] {"a.b", null, "c"});
        }
        assertThat(Extensions.binary(array, hex, String.class)).isEqualTo(text);

        String column = Extensions.column(Extensions.oid(name), "01612e62", "0163");
        assertThat((Object) Extensions.binary(array, column, List.class))
                .isEqualTo(List.of(List.of("a.b"), List.of("c")));
        assertThat(Extensions.binary(array, column, String.class)).isEqualTo("{{a.b},{c}}");
    }
}
