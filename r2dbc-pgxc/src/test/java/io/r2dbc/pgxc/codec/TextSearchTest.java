// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.value.TsVector;
import io.r2dbc.pgxc.value.TsVector.Lexeme;
import io.r2dbc.pgxc.value.TsVector.Position;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextSearchTest {

    private static final CodecRegistry REGISTRY = CodecRegistry.standard();

    @ParameterizedTest(name = "[G11, S8.31] ''{0}''")
    @DisplayName("[G11, S8.31] text that the server does not print for a tsvector is an error for the value")
    @ValueSource(
            strings = {
                "a",
                "'",
                "'a",
                "a'",
                "'a''",
                "'a\\'",
                "'a\\b'",
                "'a' ",
                " 'a'",
                "'a'  'b'",
                "'a''b' c",
                "'a':",
                "'a': ",
                "'a':x",
                "'a':A",
                "'a':0",
                "'a':-1",
                "'a':16384",
                "'a':123456",
                "'a':1E",
                "'a':1a",
                "'a':1,",
                "'a':,1",
                "'a':1,,2",
                "'a':1AA",
                "'a':1,1A",
                "'a':1:2",
                "'a' 'a'",
                "'a\u0000'"
            })
    void refusesOtherVectorText(String text) {
        assertThatThrownBy(() -> Bytes.text(PgType.TSVECTOR, text, TsVector.class))
                .isInstanceOf(ValueException.class)
                .hasMessageStartingWith("tsvector (text): ");
    }

    @ParameterizedTest(name = "[G8, S8.32] {0}")
    @DisplayName("[G8, S8.32] bytes that are no tsvector are an error for the value")
    @ValueSource(
            strings = {
                "",
                "000000",
                "ffffffff",
                "00000001",
                "7fffffff61000000",
                "00000001610000",
                "00000001616161",
                "000000016100000000",
                "00000001610000010001" + "00",
                "00000001610000020001",
                "000000016100ffff0001",
                "00000001610000010000",
                "0000000161000002" + "00010001",
                "0000000261000000" + "61000000",
                "0000000261000000",
                "0000000000",
                "00000001ff000000"
            })
    void refusesOtherVectorBytes(String hex) {
        for (Class<?> target : List.of(TsVector.class, String.class)) {
            assertThatThrownBy(() -> Bytes.binary(PgType.TSVECTOR, hex, target))
                    .isInstanceOf(ValueException.class)
                    .hasMessageStartingWith("tsvector (binary): ");
        }
    }

    @ParameterizedTest(name = "[G8, S8.32] {0}")
    @DisplayName("[G8, S8.32] bytes that are no tsquery are an error for the value")
    @ValueSource(
            strings = {
                "",
                "000000",
                "ffffffff",
                "00000001",
                "7fffffff0100006100",
                "000000010100",
                "0000000101000061",
                "00000001010000610000",
                "0000000110006100",
                "00000001011000" + "6100",
                "00000001010002" + "6100",
                "00000001010000" + "ff00",
                "000000010300",
                "000000010200",
                "000000010205",
                "000000010201",
                "000000010204",
                "00000001020400",
                "0000000102040001",
                "0000000202020100006100",
                "000000030201" + "0100006100" + "0100006100",
                "000000020100006100" + "0100006100",
                "000000020100006100" + "0201",
                "000000030202" + "0201" + "0100006100",
                "0000000000"
            })
    void refusesOtherQueryBytes(String hex) {
        assertThatThrownBy(() -> Bytes.binary(PgType.TSQUERY, hex, String.class))
                .isInstanceOf(ValueException.class)
                .hasMessageStartingWith("tsquery (binary): ");
    }

    @Test
    @DisplayName("[X30] a query without words is empty")
    void readsEmptyQueries() {
        assertThat(Bytes.binary(PgType.TSQUERY, "00000000", String.class)).isEmpty();
    }

    @ParameterizedTest(name = "[G8] to the {0}")
    @DisplayName("[G8] a query of any depth is printed, without a stack overflow")
    @CsvSource({"left, 0202, ' & '", "right, 0202, ' & '", "left, 02040001, ' <-> '", "right, 0203, ' | '"})
    void readsDeepQueries(String side, String operator, String sign) {
        int depth = 50_000;
        String word = "0100006100";
        String bytes = side.equals("left")
                ? (operator + word).repeat(depth) + word
                : operator.repeat(depth) + word.repeat(depth + 1);
        String hex = String.format("%08x", 2 * depth + 1) + bytes;

        assertThat(Bytes.binary(PgType.TSQUERY, hex, String.class)).isEqualTo("'a'" + (sign + "'a'").repeat(depth));
    }

    @Test
    @DisplayName("[G8] parentheses and negations of any depth are printed, without a stack overflow")
    void readsNestedQueries() {
        int depth = 50_000;
        String negations = String.format("%08x", depth + 1) + "0201".repeat(depth) + "0100006100";
        String phrases =
                String.format("%08x", 2 * depth + 1) + "02040002".repeat(depth) + "0100006100".repeat(depth + 1);

        assertThat(Bytes.binary(PgType.TSQUERY, negations, String.class)).isEqualTo("!".repeat(depth) + "'a'");
        assertThat(Bytes.binary(PgType.TSQUERY, phrases, String.class))
                .isEqualTo("'a' <2> ( ".repeat(depth - 1) + "'a' <2> 'a'" + " )".repeat(depth - 1));
    }

    @Test
    @DisplayName("[X10] a TsVector is a parameter of type tsvector, as text")
    void writes() {
        TsVector vector = TextSearchCases.of(TextSearchCases.word("it's", TextSearchCases.at(1, 'A')));
        Encoding encoding = REGISTRY.encoding(vector);

        assertThat(encoding.typeOid()).isEqualTo(3614);
        assertThat(encoding.format()).isEqualTo(Format.TEXT);
        assertThat(REGISTRY.typeOidOf(TsVector[].class)).isEqualTo(3643);
        assertThat(Bytes.written(encoding, vector)).isEqualTo("'it''s':1A".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> REGISTRY.encoding(vector, 3615)).isInstanceOf(IllegalArgumentException.class);
        for (String word : List.of("a\u0000b", "\ud83d")) {
            TsVector wrong = TextSearchCases.of(TextSearchCases.word(word));
            assertThatThrownBy(() -> Bytes.written(encoding, wrong)).isInstanceOf(ValueException.class);
        }
    }

    @Test
    @DisplayName("[X30, G8] random vectors come back as text, and from binary")
    void comesBack() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            TsVector vector = randomVector(random);
            RoundTrips.check(PgType.TSVECTOR, TsVector.class, vector, seed);
            assertThat(Bytes.decode(REGISTRY.decoder(3614, Format.BINARY, TsVector.class), binary(vector)))
                    .as("seed %d", seed)
                    .isEqualTo(vector);
            assertThat(Bytes.decode(REGISTRY.decoder(3614, Format.BINARY, String.class), binary(vector)))
                    .as("seed %d", seed)
                    .isEqualTo(vector.toString());
        }
    }

    private static TsVector randomVector(Random random) {
        TreeMap<String, Lexeme> lexemes = new TreeMap<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            TreeMap<Integer, Position> positions = new TreeMap<>();
            for (int n = random.nextInt(4); n > 0; n--) {
                int position = 1 + random.nextInt(16_383);
                positions.put(position, new Position(position, (char) ('A' + random.nextInt(4))));
            }
            String word = randomWord(random);
            lexemes.put(word, new Lexeme(word, new ArrayList<>(positions.values())));
        }
        return new TsVector(new ArrayList<>(lexemes.values()));
    }

    private static String randomWord(Random random) {
        StringBuilder word = new StringBuilder();
        String letters = "ab'\\ :,\u00e4\u20ac\uff21";
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            int letter = random.nextInt(letters.length() + 1);
            word.append(letter == letters.length() ? "\ud83d\ude00" : letters.substring(letter, letter + 1));
        }
        return word.toString();
    }

    /** As the server sends it. */
    private static byte[] binary(TsVector vector) {
        ByteBuf out = Unpooled.buffer();
        out.writeInt(vector.lexemes().size());
        for (Lexeme lexeme : vector.lexemes()) {
            out.writeCharSequence(lexeme.word(), StandardCharsets.UTF_8);
            out.writeByte(0).writeShort(lexeme.positions().size());
            for (Position position : lexeme.positions()) {
                out.writeShort(('D' - position.weight()) << 14 | position.position());
            }
        }
        byte[] bytes = new byte[out.writerIndex()];
        out.getBytes(0, bytes);
        return bytes;
    }
}
