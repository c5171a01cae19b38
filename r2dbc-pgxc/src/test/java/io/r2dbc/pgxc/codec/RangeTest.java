// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.value.Multirange;
import io.r2dbc.pgxc.value.Range;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RangeTest {

    private static final CodecRegistry REGISTRY = UserTypes.REGISTRY;

    private static String written(Object value) {
        Encoding encoding = REGISTRY.encoding(value);
        assertThat(encoding.format()).isEqualTo(Format.TEXT);
        assertThat(encoding.typeOid()).isZero();
        return new String(Bytes.written(encoding, value), StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName(
            "[X10] without a type a range is text for whatever range is asked for, or else the one over its bounds")
    void writesUntyped() {
        assertThat(written(Range.closedOpen(1, 5))).isEqualTo("[1,5)");
        assertThat(written(Range.open(new BigDecimal("1E+3"), new BigDecimal("2.50"))))
                .isEqualTo("(1000,2.50)");
        assertThat(written(Range.closed(LocalDate.of(-43, 3, 15), LocalDate.MAX)))
                .isEqualTo("[\"0044-03-15 BC\",infinity]");
        assertThat(written(Range.atLeast(LocalDateTime.of(12_024, 2, 29, 1, 2, 3))))
                .isEqualTo("[\"12024-02-29 01:02:03\",)");
        assertThat(written(Range.lessThan("a\"b\\,]"))).isEqualTo("(,\"a\"\"b\\\\,]\")");
        assertThat(written(Range.closed("", "x"))).isEqualTo("[\"\",x]");
        assertThat(written(Range.empty())).isEqualTo("empty");
        assertThat(written(Range.all())).isEqualTo("(,)");
        assertThat(written(Multirange.of(Range.closedOpen(1, 2), Range.atLeast(5))))
                .isEqualTo("{[1,2),[5,)}");
        assertThat(written(Multirange.of())).isEqualTo("{}");
    }

    @Test
    @DisplayName("[X10] where the server cannot deduce the range, its type follows from the bounds")
    void fallsBack() {
        assertThat(REGISTRY.encoding(Range.atLeast(1)).fallbackTypeOid()).isEqualTo(3904);
        assertThat(REGISTRY.encoding(Range.lessThan(1L)).fallbackTypeOid()).isEqualTo(3926);
        assertThat(REGISTRY.encoding(Range.atLeast(BigDecimal.ONE)).fallbackTypeOid())
                .isEqualTo(3906);
        assertThat(REGISTRY.encoding(Range.atLeast(LocalDate.EPOCH)).fallbackTypeOid())
                .isEqualTo(3912);
        assertThat(REGISTRY.encoding(Range.atLeast(1.5)).fallbackTypeOid()).isEqualTo(UserTypes.FLOATRANGE);
        assertThat(REGISTRY.encoding(Range.all()).fallbackTypeOid()).isEqualTo(25);
        assertThat(REGISTRY.encoding(Multirange.of(Range.empty(), Range.atLeast(1)))
                        .fallbackTypeOid())
                .isEqualTo(4451);
        assertThat(REGISTRY.encoding(List.of(Range.atLeast(1))).fallbackTypeOid())
                .isEqualTo(3905);
        assertThatThrownBy(() -> REGISTRY.encoding(Range.atLeast(new Object())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Range");
    }

    @Test
    @DisplayName("[X10] as a type that was asked for a range is binary, and its bounds are converted as values are")
    void writesTyped() {
        Encoding encoding = REGISTRY.encoding(Range.closedOpen(1, 5), 3926);
        assertThat(encoding.format()).isEqualTo(Format.BINARY);
        assertThat(Bytes.hex(encoding, Range.closedOpen(1, 5)))
                .isEqualTo("02" + "000000080000000000000001" + "000000080000000000000005");
        Encoding text = REGISTRY.encoding(Range.closedOpen("1", "5"), 3926);
        assertThat(text.format()).isEqualTo(Format.TEXT);
        assertThat(text.typeOid()).isEqualTo(3926);
        assertThat(new String(Bytes.written(text, Range.closedOpen("1", "5")), StandardCharsets.UTF_8))
                .isEqualTo("[1,5)");
        assertThatThrownBy(() -> REGISTRY.encoding(Range.atLeast(LocalDate.EPOCH), 3904))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> REGISTRY.encoding(Multirange.of(), 3904)).isInstanceOf(IllegalArgumentException.class);
        Range<Object> mixed = Range.of(1, true, "5", false);
        assertThatThrownBy(() -> Bytes.written(REGISTRY.encoding(mixed, 3904), mixed))
                .isInstanceOf(ValueException.class);
    }

    @Test
    @DisplayName("[X30] ranges over a database's own types, and over other classes of bounds in a list of a record")
    void readsOthers() {
        Object value = decode(UserTypes.FLOATRANGE, Format.TEXT, "[1.5,Infinity)", Range.class);
        assertThat(value).isEqualTo(Range.closedOpen(1.5, Double.POSITIVE_INFINITY));
        Object several = decode(UserTypes.FLOATMULTIRANGE, Format.TEXT, "{[1.5,2),(3,)}", Multirange.class);
        assertThat(several).isEqualTo(Multirange.of(Range.closedOpen(1.5, 2.0), Range.of(3.0, false, null, false)));
        assertThatThrownBy(() -> decode(3904, Format.TEXT, "[1,2)", Multirange.class))
                .isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> decode(3904, Format.TEXT, "[1,2)", Integer.class))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("int4range")
                .hasMessageContaining("Integer");
    }

    private static Object decode(int oid, Format format, String text, Class<?> target) {
        return Bytes.decode(REGISTRY.decoder(oid, format, target), text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest(name = "[G8] {0}")
    @ValueSource(
            strings = {
                "",
                "[",
                "[)",
                "[,",
                ",)",
                "[1)",
                "[1,2",
                "1,2)",
                "[1,2,3)",
                "{1,2)",
                "[1,2}",
                "[[1,2)",
                "[1,2))",
                "(1,(2)",
                "[\"1,2)",
                "[1,\"2)",
                "[1\",2)",
                "[1,2)x",
                "x[1,2)",
                "EMPTY",
                "empty ",
                "[a,b)",
                "[1 ,2)",
                "[\"\",1)"
            })
    @DisplayName("[G8] what is no range is refused")
    void refusesText(String text) {
        assertThatThrownBy(() -> decode(3904, Format.TEXT, text, Range.class)).isInstanceOf(ValueException.class);
    }

    @ParameterizedTest(name = "[G8] {0}")
    @ValueSource(
            strings = {
                "",
                "{",
                "}",
                "{[1,2)",
                "[1,2)}",
                "{[1,2),}",
                "{,[1,2)}",
                "{[1,2)[3,4)}",
                "{[1,2);[3,4)}",
                "{1}",
                "{empty}x",
                "{[1,2)},",
                "{[\"1,2)}"
            })
    @DisplayName("[G8] what is no multirange is refused")
    void refusesMultirangeText(String text) {
        assertThatThrownBy(() -> decode(4451, Format.TEXT, text, Multirange.class))
                .isInstanceOf(ValueException.class);
    }

    @ParameterizedTest(name = "[G8] {0}")
    @ValueSource(
            strings = {
                "", // nothing
                "20", // an unknown flag
                "0200000004000000010000000400", // cut
                "02ffffffff0000000400000001", // a negative length
                "027fffffff0000000400000001", // a length beyond the end
                "010000000400000001", // bytes behind empty
                "18000000", // bytes behind no bounds
                "02000000020001" + "0000000400000002", // an int4 of two bytes
            })
    @DisplayName("[G8, S8.32] malformed bytes are refused")
    void refusesBytes(String hex) {
        for (Class<?> target : List.of(Range.class, String.class)) {
            assertThatThrownBy(() -> Bytes.binary(PgType.INT4RANGE, hex, target))
                    .isInstanceOf(ValueException.class);
        }
    }

    @ParameterizedTest(name = "[G8] {0}")
    @ValueSource(
            strings = {
                "",
                "000000",
                "ffffffff",
                "7fffffff",
                "00000001",
                "0000000100000002",
                "0000000000",
                "000000010000000018"
            })
    @DisplayName("[G8, S8.32] malformed bytes of a multirange are refused before anything is made")
    void refusesMultirangeBytes(String hex) {
        for (Class<?> target : List.of(Multirange.class, List.class, String.class)) {
            assertThatThrownBy(() -> Bytes.binary(PgType.of(4451), hex, target)).isInstanceOf(ValueException.class);
        }
    }

    @Test
    @DisplayName("[X30, G8] random ranges come back in binary, and the text that binary gives reads as the same value")
    void comeBack() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            Range<LocalDateTime> range = random(random);
            Encoding encoding = REGISTRY.encoding(range, PgType.TSRANGE.oid());
            byte[] bytes = Bytes.written(encoding, range);
            assertThat((Object) Bytes.decode(REGISTRY.decoder(3908, Format.BINARY, Range.class), bytes))
                    .as("seed %d", seed)
                    .isEqualTo(range);
            String text = Bytes.decode(REGISTRY.decoder(3908, Format.BINARY, String.class), bytes);
            assertThat(decode(3908, Format.TEXT, text, Range.class))
                    .as("seed %d", seed)
                    .isEqualTo(range);
            assertThat(written(range)).as("seed %d", seed).isEqualTo(text);

            List<@Nullable Object> list = new ArrayList<>(Arrays.asList(range, null, random(random)));
            Encoding array = REGISTRY.encoding(list, 3909);
            assertThat((Object) Bytes.decode(
                            REGISTRY.decoder(3909, array.format(), Range[].class), Bytes.written(array, list)))
                    .as("seed %d", seed)
                    .isEqualTo(list.toArray(new Range<?>[0]));
        }
    }

    private static Range<LocalDateTime> random(Random random) {
        LocalDateTime lower =
                LocalDateTime.ofEpochSecond(random.nextInt(), 1_000 * random.nextInt(1_000_000), ZoneOffset.UTC);
        if (random.nextInt(10) == 0) {
            return Range.empty();
        }
        return Range.of(
                random.nextInt(5) == 0 ? null : lower,
                random.nextBoolean(),
                random.nextInt(5) == 0 ? null : lower.plusSeconds(random.nextInt(1_000_000)),
                random.nextBoolean());
    }
}
