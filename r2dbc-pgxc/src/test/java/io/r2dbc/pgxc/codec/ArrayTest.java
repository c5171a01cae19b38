// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArrayTest {

    private static final CodecRegistry REGISTRY = CodecRegistry.standard();
    private static final PgType INT4S = PgType.of(1007);
    private static final PgType TEXTS = PgType.of(1009);

    @ParameterizedTest(name = "[G8, E9] {1}")
    @DisplayName("[G8, E9] binary arrays that lie about themselves are refused")
    @CsvSource({
        "'', nothing",
        "00000000 00000000, a cut header",
        "ffffffff 00000000 00000017, -1 dimensions",
        "00000007 00000000 00000017 00000001000000010000000100000001000000010000000100000001000000010000000100000001"
                + "0000000100000001 0000000100000001 0000000400000001, 7 dimensions",
        "7fffffff 00000000 00000017, 2147483647 dimensions",
        "00000001 00000000 00000017, a dimension without its size",
        "00000001 00000002 00000017 00000001 00000001 00000004 00000001, unknown flags",
        "00000001 00000000 00000019 00000001 00000001 00000004 00000001, elements of another type",
        "00000001 00000000 00000017 00000000 00000001, a dimension of 0",
        "00000001 00000000 00000017 ffffffff 00000001, a dimension of -1",
        "00000001 00000000 00000017 7fffffff 00000001, 2^31 elements in no bytes",
        "00000001 00000000 00000017 7fffffff 00000001 00000004 00000001, 2^31 elements in 28 bytes",
        "00000002 00000000 00000017 00010000 00000001 00010000 00000001 00000004 00000001, a product of 2^32",
        "00000003 00000000 00000017 00200000 00000001 00200000 00000001 00400000 00000001 00000004 00000001,"
                + " a product of 2^64",
        "00000001 00000000 00000017 00000002 7fffffff ffffffff ffffffff, an upper bound beyond the integers",
        "00000001 00000000 00000017 00000001 00000001 00000005 00000001, an element longer than the rest",
        "00000001 00000000 00000017 00000001 00000001 7fffffff 00000001, an element of 2^31 bytes",
        "00000001 00000000 00000017 00000001 00000001 fffffffe 00000001, an element of -2 bytes",
        "00000001 00000000 00000017 00000001 00000001 00000003 000001, an element too short for its type",
        "00000001 00000000 00000017 00000001 00000001 00000004 00000001 00, a byte too many",
        "00000001 00000000 00000017 00000002 00000001 00000004 00000001, an element too few",
        "00000000 00000000 00000017 00, bytes behind an empty array"
    })
    void refusesLies(String hex, String why) {
        for (Class<?> target : List.<Class<?>>of(Object.class, int[].class, List.class, String.class)) {
            assertThatThrownBy(() -> Bytes.binary(INT4S, hex, target))
                    .as("%s as %s", why, target)
                    .isInstanceOf(ValueException.class)
                    .hasMessageContaining("int4");
        }
    }

    @ParameterizedTest(name = "[G8, S8.32] {0}")
    @DisplayName("[G8, S8.32] text that is no array is refused")
    @ValueSource(
            strings = {
                "",
                "{",
                "}",
                "{1",
                "1}",
                "1,2",
                "{1,}",
                "{,1}",
                "{,}",
                "{{}}",
                "{{},{}}",
                "{1,2}}",
                "{{1,2},{3}}",
                "{{1},2}",
                "{1,{2}}",
                "{1}{2}",
                "{1}x",
                "{\"1}",
                "{\"1\\\"}",
                "{\"1\"2}",
                "{1\"2\"}",
                "{\\1}",
                "[1:1]{1}",
                "[1:1",
                "[1:1]=",
                "[x:1]={1}",
                " {1}",
                "{1} ",
                "{{{{{{{1}}}}}}}",
                "{{1}",
                "{1;2}"
            })
    void refusesOtherText(String text) {
        for (Class<?> target : List.<Class<?>>of(Object.class, List.class, int[].class)) {
            assertThatThrownBy(() -> Bytes.text(INT4S, text, target))
                    .as("as %s", target)
                    .isInstanceOf(ValueException.class)
                    .hasMessageContaining("int4");
        }
    }

    @Test
    @DisplayName("[G8] ragged text is refused, whatever its elements look like")
    void refusesRaggedText() {
        for (String text : List.of("{{a,bcd},{e}}", "{{a},{b,c}}", "{{a,b},{c,d,e}}", "{{{a,bcd}},{{e}}}")) {
            assertThatThrownBy(() -> Bytes.text(TEXTS, text, Object.class)).isInstanceOf(ValueException.class);
        }
    }

    @Test
    @DisplayName("[E9] a megabyte of braces, commas or quotes ends soon")
    void endsSoon() {
        for (String part : List.of("{", "{1,", "\"", "{\"", ",", "[", "{{1},", "\\")) {
            String text = "{" + part.repeat((1 << 20) / part.length());
            assertThatThrownBy(() -> Bytes.text(TEXTS, text, Object.class)).isInstanceOf(ValueException.class);
        }
    }

    @Test
    @DisplayName("[G8, X31] the class asked for must have the value's dimensions, and place for its NULLs")
    void refusesOtherShapes() {
        assertThatThrownBy(() -> Bytes.text(INT4S, "{{1}}", Integer[].class))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("2 dimensions");
        assertThatThrownBy(() -> Bytes.text(INT4S, "{1}", Integer[][].class)).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> Bytes.text(INT4S, "{1,NULL}", int[].class))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("NULL");
        assertThatThrownBy(() -> Bytes.text(INT4S, "{300}", byte[].class)).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> Bytes.text(PgType.of(1016), "{2147483648}", int[].class))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("int");
        assertThatThrownBy(() -> Bytes.text(PgType.of(1022), "{1e300}", float[].class))
                .isInstanceOf(ValueException.class);
        assertThat(Bytes.text(INT4S, "{}", Integer[][].class)).isEqualTo(new Integer[0][]);
        assertThat((Object) Bytes.text(INT4S, "{}", List.class)).isEqualTo(List.of());
    }

    @Test
    @DisplayName("[X30] numbers are converted within arrays as outside of them")
    void convertsElements() {
        assertThat(Bytes.text(INT4S, "{1,2}", Long[].class)).containsExactly(1L, 2L);
        assertThat(Bytes.text(INT4S, "{1,2}", BigDecimal[].class)).containsExactly(BigDecimal.ONE, new BigDecimal(2));
        assertThat(Bytes.text(INT4S, "{1,2}", String[].class)).containsExactly("1", "2");
        assertThat(Bytes.text(INT4S, "{1,2}", double[].class)).containsExactly(1d, 2d);
        assertThat(Bytes.text(PgType.of(1231), "{1.00,2}", long[].class)).containsExactly(1L, 2L);
        assertThat(Bytes.text(PgType.of(1022), "{1,2}", int[].class)).containsExactly(1, 2);
    }

    private static String written(Object value) {
        return HexFormat.of().formatHex(Bytes.written(REGISTRY.encoding(value), value));
    }

    private static String text(Object value) {
        return new String(Bytes.written(REGISTRY.encoding(value), value), StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("[X10] what an array holds decides its type: classes, primitives, collections, the first element")
    void choosesTheType() {
        assertThat(REGISTRY.encoding(new int[0]).typeOid()).isEqualTo(1007);
        assertThat(REGISTRY.encoding(new Integer[0][0]).typeOid()).isEqualTo(1007);
        assertThat(REGISTRY.encoding(new Integer[] {null}).typeOid()).isEqualTo(1007);
        assertThat(REGISTRY.encoding(List.of(1L)).typeOid()).isEqualTo(1016);
        assertThat(REGISTRY.encoding(Arrays.asList(null, 1L)).typeOid()).isEqualTo(1016);
        assertThat(REGISTRY.encoding(new Object[] {null, new double[] {1}}).typeOid())
                .isEqualTo(1022);
        assertThat(REGISTRY.encoding(new Number[] {BigDecimal.ONE}).typeOid()).isEqualTo(1231);
        assertThat(REGISTRY.encoding(new byte[][] {{1}}).typeOid()).isEqualTo(1001);
        assertThat(REGISTRY.encoding(new LinkedHashSet<>(List.of(true))).typeOid())
                .isEqualTo(1000);
    }

    @Test
    @DisplayName("[X10] strings, enums and nothing go as text without a type, text[] being the last resort")
    void leavesStringsUntyped() {
        for (Object value :
                List.of(new String[] {"a"}, List.of("a"), new TimeUnit[] {TimeUnit.DAYS}, List.of(), new Object[0])) {
            Encoding encoding = REGISTRY.encoding(value);
            assertThat(encoding.typeOid()).isZero();
            assertThat(encoding.fallbackTypeOid()).isEqualTo(1009);
            assertThat(encoding.format()).isEqualTo(Format.TEXT);
        }
        assertThat(text(List.of())).isEqualTo("{}");
        assertThat(text(Arrays.asList("a\"\\b", null, "", "NULL", "\u20ac")))
                .isEqualTo("{\"a\\\"\\\\b\",NULL,\"\",\"NULL\",\"\u20ac\"}");
        assertThat(text(new String[][] {{"\\\\", "\""}, {"a", "b"}}))
                .isEqualTo("{{\"\\\\\\\\\",\"\\\"\"},{\"a\",\"b\"}}");
        assertThat(text(TimeUnit.values())).startsWith("{\"NANOSECONDS\",");
        assertThat(text(new char[] {'x', '"'})).isEqualTo("{\"x\",\"\\\"\"}");
    }

    @Test
    @DisplayName("[X10] binary arrays as the server has them")
    void writesBinary() {
        String expected =
                "0000000100000001000000170000000300000001" + "0000000400000001" + "ffffffff" + "0000000400000003";
        assertThat(written(new Integer[] {1, null, 3})).isEqualTo(expected);
        assertThat(written(Arrays.asList(1, null, 3))).isEqualTo(expected);
        assertThat(written(new int[] {1})).isEqualTo("00000001000000000000001700000001000000010000000400000001");
        assertThat(written(List.of(List.of(1, 2), List.of(3, 4)))).isEqualTo(written(new int[][] {{1, 2}, {3, 4}}));
        assertThat(written(new int[0])).isEqualTo("000000000000000000000017");
        assertThat(written(new Integer[2][0])).isEqualTo("000000000000000000000017");
    }

    @Test
    @DisplayName("[X34] arrays the server cannot have are refused: ragged, too deep, mixed, holding themselves")
    void refusesOtherValues() {
        List<Object> self = new ArrayList<>();
        self.add(self);
        List<Object> selfLater = new ArrayList<>(List.of(List.of()));
        selfLater.add(selfLater);
        List<Object> values = List.of(
                new int[][] {{1, 2}, {3}},
                new Integer[][] {{1}, null},
                new Object[] {1, new int[] {2}},
                new Object[] {new int[] {1}, 2},
                List.of(List.of(), List.of(1)),
                List.of(List.of(1), List.of()),
                List.of(1, 2L),
                List.of(1, "a"),
                new int[1][1][1][1][1][1][1],
                self,
                selfLater);
        for (Object value : values) {
            Encoding encoding = REGISTRY.encoding(value);
            assertThatThrownBy(() -> Bytes.written(encoding, value)).isInstanceOf(ValueException.class);
        }
        assertThatThrownBy(() -> REGISTRY.encoding(List.of(Thread.class))).isInstanceOf(IllegalArgumentException.class);
        assertThat(REGISTRY.canEncode(List.of(Thread.class))).isFalse();
    }

    @Test
    @DisplayName("[X10] elements become what the type asked for has")
    void convertsToTheType() {
        Encoding int8s = REGISTRY.encoding(List.of(1, 2L, (short) 3), 1016);
        assertThat(int8s.typeOid()).isEqualTo(1016);
        assertThat(HexFormat.of().formatHex(Bytes.written(int8s, List.of(1))))
                .isEqualTo("0000000100000000000000140000000100000001000000080000000000000001");
        assertThat(REGISTRY.encoding(List.of("1"), 1016).format()).isEqualTo(Format.TEXT);
        assertThat(REGISTRY.encoding(List.of(), 1016).typeOid()).isEqualTo(1016);
        assertThat(REGISTRY.encoding("{1,2}", 1016).format()).isEqualTo(Format.TEXT);
        assertThatThrownBy(() -> REGISTRY.encoding(List.of(true), 1016)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> REGISTRY.encoding(5, 1016))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.Integer")
                .hasMessageContaining("int8[]");
    }

    @Test
    @DisplayName("[X34] collections as large as they say, or an error")
    void refusesCollectionsThatLie() {
        List<Integer> lying = new ArrayList<>(List.of(1, 2)) {
            private static final long serialVersionUID = 1L;

            @Override
            public int size() {
                return 3;
            }
        };
        assertThatThrownBy(() -> Bytes.written(REGISTRY.encoding(lying), lying)).isInstanceOf(ValueException.class);
    }

    @Test
    @DisplayName("quotes that need escapes are written in place, whatever the buffer's capacity")
    void escapesInPlace() {
        String text = "\"\\".repeat(1_000);
        ByteBuf out = Unpooled.buffer(1);
        REGISTRY.encoding(List.of(text)).write(List.of(text), out);

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("{\"" + "\\\"\\\\".repeat(1_000) + "\"}");
    }
}
