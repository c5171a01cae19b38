// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.r2dbc.pgxc.value.Composite;
import io.r2dbc.pgxc.value.Inet;
import io.r2dbc.pgxc.value.Interval;
import io.r2dbc.pgxc.value.Lsn;
import io.r2dbc.pgxc.value.MacAddress;
import io.r2dbc.pgxc.value.Point;
import io.r2dbc.pgxc.value.Polygon;
import io.r2dbc.pgxc.value.TsVector;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Year;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConversionsTest {

    private static final CodecRegistry REGISTRY = CodecRegistry.standard();

    @ParameterizedTest(name = "[X30] {0} reads as {1} without a class")
    @DisplayName("[X30] default classes")
    @MethodSource
    void defaultTypes(PgType type, Class<?> expected) {
        assertThat(REGISTRY.defaultType(type.oid())).isEqualTo(expected);
        assertThat(type.getJavaType()).isEqualTo(expected);
        if (type.arrayOid() != 0) {
            assertThat(REGISTRY.defaultType(type.arrayOid())).isEqualTo(expected.arrayType());
        }
    }

    static Stream<Arguments> defaultTypes() {
        return Stream.of(
                arguments(PgType.BOOL, Boolean.class),
                arguments(PgType.INT2, Short.class),
                arguments(PgType.INT4, Integer.class),
                arguments(PgType.INT8, Long.class),
                arguments(PgType.OID, Long.class),
                arguments(PgType.FLOAT4, Float.class),
                arguments(PgType.FLOAT8, Double.class),
                arguments(PgType.NUMERIC, BigDecimal.class),
                arguments(PgType.TEXT, String.class),
                arguments(PgType.VARCHAR, String.class),
                arguments(PgType.BPCHAR, String.class),
                arguments(PgType.CHAR, String.class),
                arguments(PgType.NAME, String.class),
                arguments(PgType.UNKNOWN, String.class),
                arguments(PgType.JSON, String.class),
                arguments(PgType.JSONB, String.class),
                arguments(PgType.XML, String.class),
                arguments(PgType.MONEY, String.class),
                arguments(PgType.BIT, String.class),
                arguments(PgType.VARBIT, String.class),
                arguments(PgType.INT4RANGE, String.class),
                arguments(PgType.of(4451), String.class),
                arguments(PgType.MACADDR, MacAddress.class),
                arguments(PgType.POINT, Point.class),
                arguments(PgType.POLYGON, Polygon.class),
                arguments(PgType.TSVECTOR, TsVector.class),
                arguments(PgType.TSQUERY, String.class),
                arguments(PgType.JSONPATH, String.class),
                arguments(PgType.PG_LSN, Lsn.class),
                arguments(PgType.XID8, Long.class),
                arguments(PgType.OIDVECTOR, Long[].class),
                arguments(PgType.RECORD, Composite.class),
                arguments(PgType.CIDR, Inet.class),
                arguments(PgType.INET, InetAddress.class),
                arguments(PgType.BYTEA, ByteBuffer.class),
                arguments(PgType.UUID, UUID.class),
                arguments(PgType.DATE, LocalDate.class),
                arguments(PgType.TIME, LocalTime.class),
                arguments(PgType.TIMETZ, OffsetTime.class),
                arguments(PgType.TIMESTAMP, LocalDateTime.class),
                arguments(PgType.TIMESTAMPTZ, OffsetDateTime.class),
                arguments(PgType.INTERVAL, Interval.class));
    }

    @ParameterizedTest(name = "[X30] Object is the default class of {0}")
    @DisplayName("[X30] reading as Object gives the default class in both formats")
    @MethodSource("rowsOfDefaultClass")
    void readsObject(CodecCase row) {
        for (Format format : Format.values()) {
            Object value = Bytes.decode(REGISTRY.decoder(row.oid(), format, Object.class), row.bytes(format));

            assertThat(row.matches(value)).as("%s gave %s", row, value).isTrue();
            assertThat(value).isInstanceOf(REGISTRY.defaultType(row.oid()));
        }
    }

    static List<CodecCase> rowsOfDefaultClass() {
        return CodecCases.binary().stream()
                .filter(row -> row.target() == REGISTRY.defaultType(row.oid()))
                .toList();
    }

    private static Object read(PgType type, Format format, String text, Class<?> target) {
        if (format == Format.TEXT) {
            return Bytes.text(type, text, target);
        }
        Number number = type.equals(PgType.NUMERIC) ? new BigDecimal(text) : Double.valueOf(text);
        if (type.category() == TypeCategory.NUMBER && !text.contains(".") && !text.contains("e")) {
            number = new BigDecimal(text);
        }
        Encoding encoding = REGISTRY.encoding(number, type.oid());
        return Bytes.decode(REGISTRY.decoder(type.oid(), Format.BINARY, target), Bytes.written(encoding, number));
    }

    private static PgType type(String name) {
        return Stream.of(
                        PgType.INT2, PgType.INT4, PgType.INT8, PgType.OID, PgType.FLOAT4, PgType.FLOAT8, PgType.NUMERIC)
                .filter(type -> type.getName().equals(name))
                .findAny()
                .orElseThrow();
    }

    private static Class<?> numberClass(String name) throws ClassNotFoundException {
        return Class.forName((name.startsWith("Big") ? "java.math." : "java.lang.") + name);
    }

    @ParameterizedTest(name = "[X30] {0} {1} as {2} is {3}")
    @DisplayName("[X30] any number as any class of numbers that holds it")
    @CsvSource({
        "int2,127,Byte,127",
        "int4,-128,Byte,-128",
        "int8,32767,Short,32767",
        "oid,2147483647,Integer,2147483647",
        "oid,4294967295,Long,4294967295",
        "int2,7,Long,7",
        "int4,16777216,Float,1.6777216E7",
        "int8,9007199254740992,Double,9.007199254740992E15",
        "int8,-9223372036854775808,Double,-9.223372036854776E18",
        "int8,5,BigDecimal,5",
        "oid,4294967295,BigInteger,4294967295",
        "int4,-1,String,-1",
        "int8,12,Number,12",
        "float8,127,Byte,127",
        "float8,-32768,Short,-32768",
        "float4,3,Integer,3",
        "float8,9007199254740992,Long,9007199254740992",
        "float8,0.1,Float,0.1",
        "float4,0.5,Double,0.5",
        "float8,1.5,BigDecimal,1.5",
        "float8,12,BigInteger,12",
        "numeric,127.00,Byte,127",
        "numeric,-32768.0,Short,-32768",
        "numeric,2147483647,Integer,2147483647",
        "numeric,-9223372036854775808,Long,-9223372036854775808",
        "numeric,1.10,BigDecimal,1.10",
        "numeric,18446744073709551616.000,BigInteger,18446744073709551616",
        "numeric,0.1,Double,0.1",
        "numeric,0.1,Float,0.1",
        "numeric,123456789012345678901234567890,Double,1.2345678901234568E29"
    })
    void convertsNumbers(String pgType, String text, String javaType, String expected) throws ClassNotFoundException {
        for (Format format : Format.values()) {
            Object value = read(type(pgType), format, text, numberClass(javaType));

            assertThat(new BigDecimal(value.toString())).isEqualTo(new BigDecimal(expected));
            assertThat(value).isInstanceOf(numberClass(javaType));
        }
    }

    @ParameterizedTest(name = "[X30, X31] {0} {1} as {2} is an error")
    @DisplayName("[X30, X31] overflow and loss are an error, never another value")
    @CsvSource({
        "int2,128,Byte",
        "int4,-129,Byte",
        "int4,32768,Short",
        "int8,2147483648,Integer",
        "int8,-2147483649,Integer",
        "oid,2147483648,Integer",
        "int4,16777217,Float",
        "int8,9007199254740993,Double",
        "int8,9223372036854775807,Double",
        "int8,9223372036854775807,Float",
        "float8,128,Byte",
        "float8,0.5,Integer",
        "float8,2147483648,Integer",
        "float8,1e19,Long",
        "float8,9223372036854775808.0,Long",
        "float8,1e39,Float",
        "float8,0.5,BigInteger",
        "numeric,128,Byte",
        "numeric,3.7,Integer",
        "numeric,2147483648,Integer",
        "numeric,9223372036854775808,Long",
        "numeric,0.5,BigInteger",
        "numeric,-32769,Short"
    })
    void refusesLoss(String pgType, String text, String javaType) {
        for (Format format : Format.values()) {
            assertThatThrownBy(() -> read(type(pgType), format, text, numberClass(javaType)))
                    .isInstanceOf(ValueException.class)
                    .hasMessageContaining(pgType + " (" + format + ")")
                    .hasMessageContaining(javaType);
        }
    }

    @ParameterizedTest(name = "[X31] float8 {0} as {1} is an error")
    @DisplayName("[X31] what is no number has no place in an integer or a decimal")
    @CsvSource({
        "NaN,Integer",
        "NaN,Long",
        "NaN,BigDecimal",
        "NaN,BigInteger",
        "Infinity,BigDecimal",
        "-Infinity,Long",
        "Infinity,BigInteger"
    })
    void refusesWhatIsNoNumber(String text, String javaType) {
        for (Format format : Format.values()) {
            assertThatThrownBy(() -> {
                        Encoding encoding = REGISTRY.encoding(0d);
                        byte[] bytes = format == Format.TEXT
                                ? text.getBytes(StandardCharsets.US_ASCII)
                                : Bytes.written(encoding, Double.valueOf(text));
                        Bytes.decode(REGISTRY.decoder(701, format, numberClass(javaType)), bytes);
                    })
                    .isInstanceOf(ValueException.class);
        }
    }

    @Test
    @DisplayName("[X30] primitive classes stand for their wrappers")
    void readsPrimitiveClasses() {
        Object value = Bytes.text(PgType.INT8, "7", int.class);

        assertThat(value).isEqualTo(7);
        assertThat((Object) Bytes.text(PgType.BOOL, "t", boolean.class)).isEqualTo(true);
        assertThat((Object) Bytes.text(PgType.TEXT, "x", char.class)).isEqualTo('x');
    }

    @Test
    @DisplayName("[X30] a conversion that is not offered names type, format and class")
    void refusesOtherClasses() {
        List<Class<?>> classes = List.of(Thread.class, UUID.class, int[].class, ZonedDateTime.class, TimeUnit.class);
        for (Class<?> target : classes) {
            assertThatThrownBy(() -> REGISTRY.decoder(PgType.INT4.oid(), Format.BINARY, target))
                    .isInstanceOf(ValueException.class)
                    .hasMessage("int4 (binary): no conversion to " + target.getTypeName());
        }
        assertThatThrownBy(() -> REGISTRY.decoder(PgType.TEXT.oid(), Format.TEXT, Integer.class))
                .isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> REGISTRY.decoder(PgType.TIMESTAMP.oid(), Format.TEXT, LocalDate.class))
                .isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> REGISTRY.decoder(1007, Format.TEXT, UUID[].class))
                .isInstanceOf(ValueException.class);
    }

    @Test
    @DisplayName("[X30] Year, Character and enums are exact too")
    void refusesValuesOfNoConstant() {
        assertThatThrownBy(() -> Bytes.text(PgType.INT8, "1000000000", Year.class))
                .isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> Bytes.text(PgType.TEXT, "ab", Character.class)).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> Bytes.text(PgType.TEXT, "", Character.class)).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> Bytes.text(PgType.TEXT, "seconds", TimeUnit.class))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("TimeUnit");
        assertThat((Object) Bytes.text(PgType.of(99_999), "DAYS", TimeUnit.class))
                .isEqualTo(TimeUnit.DAYS);
    }

    @Test
    @DisplayName("[X30] BigInteger of a large float has all of its digits")
    void readsLargeFloatsExactly() {
        assertThat(Bytes.text(PgType.FLOAT8, "1e300", BigInteger.class))
                .isEqualTo(new BigDecimal(Double.parseDouble("1e300")).toBigInteger());
    }

    @ParameterizedTest(name = "[X31] {0} as {1} is {2}")
    @DisplayName("[X31] a float is written as the integer that it is, not as the one that it prints")
    @MethodSource
    void writesFloatsExactly(Number value, PgType type, String expected) {
        Encoding encoding = REGISTRY.encoding(value, type.oid());
        assertThat(Bytes.decode(
                        REGISTRY.decoder(type.oid(), encoding.format(), String.class), Bytes.written(encoding, value)))
                .isEqualTo(expected);
    }

    static Stream<Arguments> writesFloatsExactly() {
        return Stream.of(
                arguments(0x1p62, PgType.INT8, "4611686018427387904"),
                arguments(0x1p62, PgType.XID8, "4611686018427387904"),
                arguments(-0x1p63, PgType.INT8, "-9223372036854775808"),
                arguments((float) 1e18, PgType.INT8, "999999984306749440"),
                arguments((float) 1_234_567_936d, PgType.INT4, "1234567936"),
                arguments(-0x1p31f, PgType.INT4, "-2147483648"));
    }

    @Test
    @DisplayName("[X30] the bytes of a \"char\" are those of its text in both formats")
    void readsBytesOfQuotedChar() {
        for (String hex : new String[] {"61", "c3"}) {
            String text = Bytes.binary(PgType.CHAR, hex, String.class);
            assertThat(Bytes.binary(PgType.CHAR, hex, byte[].class))
                    .isEqualTo(Bytes.text(PgType.CHAR, text, byte[].class));
            assertThat(Bytes.binary(PgType.CHAR, hex, ByteBuffer.class))
                    .isEqualTo(Bytes.text(PgType.CHAR, text, ByteBuffer.class));
        }
        assertThat(Bytes.binary(PgType.CHAR, "00", byte[].class)).isEmpty();
    }

    @Test
    @DisplayName("[X30, X10] boolean[] is a bit string within arrays of these")
    void readsArraysOfBits() {
        PgType bits = PgType.of(PgType.VARBIT.arrayOid());
        boolean[][] value = {{true, false}, {true}};
        assertThat(Bytes.text(bits, "{10,1}", boolean[][].class)).isEqualTo(value);
        Encoding encoding = REGISTRY.encoding(value, bits.oid());
        assertThat(Bytes.decode(
                        REGISTRY.decoder(bits.oid(), encoding.format(), String.class), Bytes.written(encoding, value)))
                .isEqualTo("{10,1}");
    }
}
