// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.value.TsVector.Lexeme;
import io.r2dbc.pgxc.value.TsVector.Position;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TsVectorTest {

    @Test
    @DisplayName("[X30] words are in the order of their bytes in UTF-8, however they were given")
    void ordersWords() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> words = Stream.of(
                        "",
                        "a",
                        "ab",
                        "abc",
                        "b",
                        "a\u0001",
                        "\u00e4",
                        "\ud7ff",
                        "\ue000",
                        "\uffff",
                        "\ud800\udc00",
                        "\ud83d\ude00",
                        "\ud83d\ude01",
                        "\udbff\udfff",
                        "\uff21\ud83d\ude00")
                .sorted((a, b) -> Arrays.compareUnsigned(bytes(a), bytes(b)))
                .toList();
        for (int i = 0; i < 100; i++) {
            List<String> shuffled = new ArrayList<>(words);
            Collections.shuffle(shuffled, random);
            TsVector vector = new TsVector(
                    shuffled.stream().map(word -> new Lexeme(word, List.of())).toList());
            assertThat(vector.lexemes())
                    .as("seed %d", seed)
                    .extracting(Lexeme::word)
                    .isEqualTo(words);
        }
    }

    private static byte[] bytes(String word) {
        return word.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("[X30] it is printed as the server does, with quotes and backslashes doubled")
    void prints() {
        Position three = new Position(3, 'D');
        Position one = new Position(1, 'A');
        Lexeme its = new Lexeme("it's\\", List.of(three, one));
        Lexeme a = new Lexeme("a", List.of());

        assertThat(new TsVector(List.of(its, a))).hasToString("'a' 'it''s\\\\':1A,3");
        assertThat(new TsVector(List.of())).hasToString("");
        assertThat(its.positions()).containsExactly(one, three).isUnmodifiable();
    }

    @Test
    @DisplayName("[X31] what the server would merge or cut is refused")
    void refusesOthers() {
        Lexeme a = new Lexeme("a", List.of());
        List<Position> many = IntStream.rangeClosed(1, 257)
                .mapToObj(i -> new Position(i, 'D'))
                .toList();

        assertThatThrownBy(() -> new TsVector(List.of(a, new Lexeme("b", List.of()), a)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two lexemes of one word");
        assertThatThrownBy(() -> new Lexeme("a", List.of(new Position(1, 'A'), new Position(1, 'B'))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two positions of one number");
        assertThat(new Lexeme("a", many.subList(1, 257)).positions()).hasSize(256);
        assertThatThrownBy(() -> new Lexeme("a", many)).isInstanceOf(IllegalArgumentException.class);
        for (int position : new int[] {-1, 0, 16_384}) {
            assertThatThrownBy(() -> new Position(position, 'D')).isInstanceOf(IllegalArgumentException.class);
        }
        for (char weight : new char[] {'@', 'E', 'a', ' '}) {
            assertThatThrownBy(() -> new Position(1, weight)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
