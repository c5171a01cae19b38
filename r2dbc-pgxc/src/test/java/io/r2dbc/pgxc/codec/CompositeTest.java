// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.value.Composite;
import io.r2dbc.pgxc.value.Range;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompositeTest {

    private static final CodecRegistry REGISTRY = UserTypes.REGISTRY;

    private static final List<String> NAMES = List.of("street", "zip_code", "number");
    private static final Composite HOME = Composite.of(NAMES, Arrays.asList("Main \"St\", 1\\2", "", 7));
    private static final Composite NOTHING = Composite.of(NAMES, Arrays.asList(null, null, null));

    record Address(@Nullable String street, String zipCode, int number) {}

    record Swapped(int number, String zip_code, String street) {}

    record Person(String name, @Nullable Address home, List<Address> others, Mood mood, List<Integer> scores) {}

    record OnlyStreet(String street) {}

    record Picky(int number) {
        Picky {
            if (number > 5) {
                throw new IllegalArgumentException("too high");
            }
        }
    }

    enum Mood {
        sad,
        happy
    }

    private static <T> T read(int oid, Format format, byte[] bytes, Class<T> target) {
        return Bytes.decode(REGISTRY.decoder(oid, format, target), bytes);
    }

    private static <T> T text(int oid, String text, Class<T> target) {
        return read(oid, Format.TEXT, text.getBytes(StandardCharsets.UTF_8), target);
    }

    private static byte[] binary(Object value, int oid) {
        Encoding encoding = REGISTRY.encoding(value, oid);
        assertThat(encoding.format()).isEqualTo(Format.BINARY);
        assertThat(encoding.typeOid()).isEqualTo(oid);
        return Bytes.written(encoding, value);
    }

    @Test
    @DisplayName(
            "[X30, G8] a composite is read from text and from binary, with its names, and printed as the server does")
    void readsComposites() {
        byte[] bytes = binary(HOME, UserTypes.ADDRESS);
        assertThat(bytes.length).isEqualTo(4 + 3 * 8 + 14 + 4);
        assertThat(read(UserTypes.ADDRESS, Format.BINARY, bytes, Composite.class))
                .isEqualTo(HOME);
        assertThat(read(UserTypes.ADDRESS, Format.BINARY, bytes, Object.class)).isEqualTo(HOME);
        String printed = read(UserTypes.ADDRESS, Format.BINARY, bytes, String.class);
        assertThat(printed).isEqualTo("(\"Main \"\"St\"\", 1\\\\2\",\"\",7)");
        assertThat(text(UserTypes.ADDRESS, printed, Composite.class)).isEqualTo(HOME);
        assertThat(text(UserTypes.ADDRESS, "(,,)", Composite.class)).isEqualTo(NOTHING);
        assertThat(HOME.get("zip_code")).isEqualTo("");
        assertThat(HOME.get(2)).isEqualTo(7);
    }

    @Test
    @DisplayName("[X30] a Java record is read and written by the names of its components, in whatever order")
    void readsRecords() {
        Address home = new Address("Main St", "12345", 7);
        byte[] bytes = binary(home, UserTypes.ADDRESS);

        assertThat(read(UserTypes.ADDRESS, Format.BINARY, bytes, Address.class)).isEqualTo(home);
        assertThat(text(UserTypes.ADDRESS, "(\"Main St\",12345,7)", Address.class))
                .isEqualTo(home);
        Swapped swapped = new Swapped(7, "12345", "Main St");
        assertThat(read(UserTypes.ADDRESS, Format.BINARY, bytes, Swapped.class)).isEqualTo(swapped);
        assertThat(binary(swapped, UserTypes.ADDRESS)).isEqualTo(bytes);
        assertThat(read(UserTypes.ADDRESS, Format.BINARY, bytes, OnlyStreet.class))
                .isEqualTo(new OnlyStreet("Main St"));
        assertThat(text(UserTypes.ADDRESS, "(,12345,7)", Address.class)).isEqualTo(new Address(null, "12345", 7));
    }

    @Test
    @DisplayName("[X30] nested composites, arrays and lists of them, enums and domains within a record")
    void readsNested() {
        Person person = new Person(
                "Ann",
                new Address("Main St", "1", 7),
                List.of(new Address(null, "2", 8), new Address("x, \"y\"", "", 9)),
                Mood.happy,
                List.of(1, 2));
        Encoding encoding = REGISTRY.encoding(person, UserTypes.PERSON);
        assertThat(encoding.format()).isEqualTo(Format.TEXT); // arrays of composites are text
        String text = new String(Bytes.written(encoding, person), StandardCharsets.UTF_8);
        assertThat(text)
                .isEqualTo(
                        "(Ann,\"(\"\"Main St\"\",1,7)\",\"{\"\"(,2,8)\"\",\"\"(\\\\\"\"x, \\\\\"\"\\\\\"\"y\\\\\"\"\\\\\"\"\\\\\"\","
                                + "\\\\\"\"\\\\\"\",9)\"\"}\",happy,\"{1,2}\")");
        assertThat(text(UserTypes.PERSON, text, Person.class)).isEqualTo(person);
        Composite natural = text(UserTypes.PERSON, text, Composite.class);
        assertThat(natural.get("home")).isEqualTo(Composite.of(NAMES, List.of("Main St", "1", 7)));
        assertThat((Object[]) natural.get("others")).hasSize(2);
        assertThat(natural.get("mood")).isEqualTo("happy");
    }

    @Test
    @DisplayName("[G8, S1.3.4] binary: a wrong count, type, length or rest is an error for the value that says so")
    void refusesBytes() {
        byte[] bytes = binary(HOME, UserTypes.ADDRESS);
        for (Class<?> target : List.of(Composite.class, Address.class, String.class)) {
            for (int length = 0; length < bytes.length; length++) {
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThatThrownBy(() -> read(UserTypes.ADDRESS, Format.BINARY, cut, target))
                        .isInstanceOf(ValueException.class)
                        .hasMessageContaining("address");
            }
            byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
            assertThatThrownBy(() -> read(UserTypes.ADDRESS, Format.BINARY, longer, target))
                    .isInstanceOf(ValueException.class);
            byte[] count = bytes.clone();
            count[3] = 4;
            assertOutdated(count, target);
            byte[] type = bytes.clone();
            type[7] = 26;
            assertOutdated(type, target);
        }
    }

    private static void assertOutdated(byte[] bytes, Class<?> target) {
        assertThatThrownBy(() -> read(UserTypes.ADDRESS, Format.BINARY, bytes, target))
                .isInstanceOfSatisfying(
                        ValueException.class, e -> assertThat(e.outdatedType()).isEqualTo(UserTypes.ADDRESS))
                .hasMessageContaining("changed");
    }

    @ParameterizedTest(name = "[G8] {0}")
    @ValueSource(
            strings = {
                "",
                "(",
                ")",
                "()",
                "(a,b,1",
                "a,b,1)",
                "(a,b)",
                "(a,b,1,2)",
                "(a,b,x)",
                "(\"a,b,1)",
                "(a,b,1))",
                "((a,b,1)",
                "(a)(b,1)",
                "(a,b,\"1)",
                "(a,b,1)x",
                "{a,b,1}"
            })
    @DisplayName("[G8] text that is no row of the type is refused")
    void refusesText(String text) {
        assertThatThrownBy(() -> text(UserTypes.ADDRESS, text, Composite.class)).isInstanceOf(ValueException.class);
    }

    @Test
    @DisplayName(
            "[X31] what a record cannot hold names attribute and type: NULL for a primitive, a missing attribute, a refusal")
    void refusesRecords() {
        assertThatThrownBy(() -> text(UserTypes.ADDRESS, "(a,b,)", Address.class))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("\"number\"")
                .hasMessageContaining("NULL");
        record Other(String town) {}
        assertThatThrownBy(() -> text(UserTypes.ADDRESS, "(a,b,1)", Other.class))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("town");
        record Wrong(Instant street) {}
        assertThatThrownBy(() -> text(UserTypes.ADDRESS, "(a,b,1)", Wrong.class))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("\"street\" of address")
                .hasMessageContaining("Instant");
        assertThatThrownBy(() -> text(UserTypes.ADDRESS, "(a,b,6)", Picky.class))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("too high");
        assertThatThrownBy(() -> text(UserTypes.ADDRESS, "(a,b,99999999999)", Address.class))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("\"number\" of address");
    }

    @Test
    @DisplayName("[X10] what is written must have all attributes and no others")
    void refusesToWrite() {
        assertThatThrownBy(() -> REGISTRY.encoding(new OnlyStreet("x"), UserTypes.ADDRESS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 attributes");
        assertThatThrownBy(() -> REGISTRY.encoding(Composite.of(1, 2), UserTypes.ADDRESS))
                .isInstanceOf(IllegalArgumentException.class);
        record Town(String town, String zipCode, int number) {}
        assertThatThrownBy(() -> REGISTRY.encoding(new Town("a", "b", 1), UserTypes.ADDRESS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"street\"");
        assertThatThrownBy(() -> REGISTRY.encoding(Composite.of("a", "b", Instant.EPOCH), UserTypes.ADDRESS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"number\" of address");
        assertThatThrownBy(() -> REGISTRY.encoding(new OnlyStreet("x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PgType.named");
    }

    @Test
    @DisplayName("[X10] an attribute without a binary form makes the whole value text")
    void writesText() {
        Composite value = Composite.of("a", "b", "7");
        Encoding encoding = REGISTRY.encoding(value, UserTypes.ADDRESS);
        assertThat(encoding.format()).isEqualTo(Format.TEXT);
        assertThat(new String(Bytes.written(encoding, value), StandardCharsets.UTF_8))
                .isEqualTo("(a,b,7)");
        Encoding untyped = REGISTRY.encoding(Composite.of(1, null, List.of(1, 2), "x y"));
        assertThat(untyped.typeOid()).isZero();
        assertThat(new String(
                        Bytes.written(untyped, Composite.of(1, null, List.of(1, 2), "x y")), StandardCharsets.UTF_8))
                .isEqualTo("(1,,\"{1,2}\",\"x y\")");
    }

    @Test
    @DisplayName("[X30] a ROW without a type: strings, or what the components of a record ask for, in order")
    void readsRows() {
        int row = PgType.RECORD.oid();
        assertThat(text(row, "(1,,\"a b\",\"\")", Composite.class)).isEqualTo(Composite.of("1", null, "a b", ""));
        record Three(int number, @Nullable Mood mood, List<Integer> list) {}
        assertThat(text(row, "(1,happy,\"{1,2}\")", Three.class)).isEqualTo(new Three(1, Mood.happy, List.of(1, 2)));
        record Outer(Three inner, Set<String> words) {}
        assertThat(text(row, "(\"(1,,{})\",\"{a,b,a}\")", Outer.class))
                .isEqualTo(new Outer(new Three(1, null, List.of()), Set.of("a", "b")));
        record Nested(List<List<Integer>> lists, Set<List<@Nullable String>> words) {}
        assertThat(text(row, "(\"{{1,2},{3,4}}\",\"{{a},{NULL},{a}}\")", Nested.class))
                .isEqualTo(new Nested(
                        List.of(List.of(1, 2), List.of(3, 4)), Set.of(List.of("a"), Collections.singletonList(null))));
        record Parts(Range<Integer> range, List<Three> threes) {}
        assertThat(text(row, "(\"[1,3)\",\"{\"\"(1,happy,{})\"\",NULL}\")", Parts.class))
                .isEqualTo(new Parts(Range.closedOpen(1, 3), Arrays.asList(new Three(1, Mood.happy, List.of()), null)));
        assertThatThrownBy(() -> text(row, "(1,happy)", Three.class)).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> REGISTRY.decoder(row, Format.BINARY, Composite.class))
                .isInstanceOf(ValueException.class);
    }

    @Test
    @DisplayName("[X30] a component says of what class the bounds of a range are")
    void readsRangesOfOtherClasses() {
        DatabaseTypes types =
                UserTypes.TYPES.with(List.of(UserTypes.composite(30_000, "booking", List.of("during"), List.of(3910))));
        record Booking(Range<Instant> during) {}
        Object booking = Bytes.decode(
                REGISTRY.with(types).decoder(30_000, Format.TEXT, Booking.class),
                "(\"[\"\"2024-02-29 12:00:00+00\"\",)\")".getBytes(StandardCharsets.UTF_8));
        assertThat(booking).isEqualTo(new Booking(Range.atLeast(Instant.parse("2024-02-29T12:00:00Z"))));
    }

    @Test
    @DisplayName("[X30] enums and domains, and arrays of them, in both formats")
    void readsEnumsAndDomains() {
        for (Format format : Format.values()) {
            byte[] happy = "happy".getBytes(StandardCharsets.UTF_8);
            assertThat(read(UserTypes.MOOD, format, happy, Mood.class)).isEqualTo(Mood.happy);
            assertThat(read(UserTypes.MOOD, format, happy, Object.class)).isEqualTo("happy");
        }
        assertThat(text(UserTypes.MOOD + UserTypes.ARRAY, "{happy,NULL}", Mood[].class))
                .containsExactly(Mood.happy, null);
        assertThat(text(UserTypes.AGE, "7", Integer.class)).isEqualTo(7);
        List<Integer> ages = List.of(1, 2);
        byte[] bytes = binary(ages, UserTypes.AGE + UserTypes.ARRAY);
        assertThat(read(UserTypes.AGE + UserTypes.ARRAY, Format.BINARY, bytes, int[].class))
                .containsExactly(1, 2);
        Object set = read(UserTypes.AGE + UserTypes.ARRAY, Format.BINARY, bytes, Set.class);
        assertThat(set).isEqualTo(Set.of(1, 2));
    }

    @Test
    @DisplayName("[X10] a registered record is written as its type, alone and in a list")
    void writesRegisteredRecords() {
        CodecRegistry registry = CodecRegistry.builder()
                .register(Address.class, PgType.named("address"))
                .build();
        Address home = new Address("a", "b", 1);
        assertThat(registry.unknownTypeOf(home)).isEqualTo(PgType.named("address"));
        assertThat(registry.unknownTypeOf(List.of(home))).isEqualTo(PgType.named("address"));
        assertThat(registry.unknownTypeOf("x")).isNull();
        CodecRegistry known = registry.with(UserTypes.TYPES);
        assertThat(known.unknownTypeOf(home)).isNull();
        assertThat(known.encoding(home).typeOid()).isEqualTo(UserTypes.ADDRESS);
        assertThat(known.encoding(List.of(home)).typeOid()).isEqualTo(UserTypes.ADDRESS + UserTypes.ARRAY);
    }

    @Test
    @DisplayName("[X31] a component belongs to one attribute only, and to that of its very name first")
    void matchesNames() {
        DatabaseTypes types = UserTypes.TYPES.with(
                List.of(UserTypes.composite(30_000, "zips", List.of("zipcode", "zip_code"), List.of(25, 25))));
        CodecRegistry registry = REGISTRY.with(types);
        record Plain(String zipcode) {}
        record Folded(String zipCode, String zipcode) {}
        record Other(String zipcode, String other) {}
        byte[] text = "(A,B)".getBytes(StandardCharsets.UTF_8);
        assertThat(Bytes.decode(registry.decoder(30_000, Format.TEXT, Plain.class), text))
                .isEqualTo(new Plain("A"));
        assertThat(Bytes.decode(registry.decoder(30_000, Format.TEXT, Folded.class), text))
                .isEqualTo(new Folded("B", "A"));
        Encoding encoding = registry.encoding(new Folded("B", "A"), 30_000);
        assertThat(Bytes.decode(
                        registry.decoder(30_000, encoding.format(), String.class),
                        Bytes.written(encoding, new Folded("B", "A"))))
                .isEqualTo("(A,B)");
        assertThatThrownBy(() -> registry.encoding(new Other("A", "B"), 30_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"zip_code\"");
    }

    @Test
    @DisplayName("[X10] a list may mix composites and records, and an array of registered records may be empty")
    void writesMixedLists() {
        CodecRegistry registry = CodecRegistry.builder()
                .register(Address.class, PgType.named("address"))
                .build()
                .with(UserTypes.TYPES);
        List<Object> mixed = List.of(new Address("a", "b", 1), Composite.of("c", null, 2));
        for (Encoding encoding :
                List.of(registry.encoding(mixed), registry.encoding(mixed, UserTypes.ADDRESS + UserTypes.ARRAY))) {
            assertThat(new String(Bytes.written(encoding, mixed), StandardCharsets.UTF_8))
                    .isEqualTo("{\"(a,b,1)\",\"(c,,2)\"}");
        }
        Address[] none = {};
        assertThat(registry.encoding(none).typeOid()).isEqualTo(UserTypes.ADDRESS + UserTypes.ARRAY);
        assertThat(registry.typeOidOf(Address.class)).isEqualTo(UserTypes.ADDRESS);
        assertThat(registry.typeOidOf(PgType.named("address"), mixed)).isEqualTo(UserTypes.ADDRESS + UserTypes.ARRAY);
        assertThat(registry.typeOidOf(PgType.named("address"), mixed.get(0))).isEqualTo(UserTypes.ADDRESS);
    }

    @Test
    @DisplayName("[X30] an array of a domain over an array has elements of any number of dimensions")
    void readsDomainsOverArrays() {
        DatabaseTypes types = UserTypes.TYPES.with(
                List.of(UserTypes.plain(30_000, "ints", 'd', 1007), UserTypes.array(30_000, "ints")));
        CodecRegistry registry = REGISTRY.with(types);
        Object value = Bytes.decode(
                registry.decoder(31_000, Format.TEXT, Object.class),
                "{\"{{1,2},{3,4}}\",\"{5}\",NULL}".getBytes(StandardCharsets.UTF_8));
        assertThat(value).isEqualTo(new Object[] {new Integer[][] {{1, 2}, {3, 4}}, new Integer[] {5}, null});
        assertThat(registry.defaultType(31_000)).isEqualTo(Object[].class);
    }

    @Test
    @DisplayName("[G8] random composites come back in binary, and the text that binary gives reads as the same value")
    void comeBack() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            Composite value = Composite.of(
                    NAMES,
                    Arrays.asList(
                            random.nextInt(4) == 0 ? null : Utf8Test.randomText(random, random.nextInt(10)),
                            random.nextInt(4) == 0 ? null : Utf8Test.randomText(random, random.nextInt(10)),
                            random.nextInt(4) == 0 ? null : random.nextInt()));
            byte[] bytes = binary(value, UserTypes.ADDRESS);
            assertThat(read(UserTypes.ADDRESS, Format.BINARY, bytes, Composite.class))
                    .as("seed %d", seed)
                    .isEqualTo(value);
            String text = read(UserTypes.ADDRESS, Format.BINARY, bytes, String.class);
            assertThat(text(UserTypes.ADDRESS, text, Composite.class))
                    .as("seed %d", seed)
                    .isEqualTo(value);
        }
    }
}
