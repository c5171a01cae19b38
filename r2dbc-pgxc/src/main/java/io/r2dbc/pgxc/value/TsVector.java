// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Holds a {@code tsvector} of PostgreSQL: the words of a document, normalized for text search, each with the places where
 * it stands in the document.
 *
 * <p>The lexemes are kept in the server's order, that of the bytes of their words in UTF-8, in whatever order they were
 * given.
 *
 * @param lexemes the lexemes, no two of one word
 */
public record TsVector(List<Lexeme> lexemes) {

    /**
     * Makes the value.
     *
     * @param lexemes the lexemes in any order; the list is copied
     * @throws IllegalArgumentException if two of them have the same word
     */
    public TsVector {
        lexemes = ordered(lexemes, TsVector::compareBytes, "two lexemes of one word");
    }

    /**
     * A word and where it stands.
     *
     * @param word the word; the server takes up to 2,046 bytes of UTF-8, and no empty one
     * @param positions the positions, ascending, at most 256 of them; none if only the presence of the word is known
     */
    public record Lexeme(String word, List<Position> positions) {

        private static final int MOST_POSITIONS = 256;

        /**
         * Makes the value.
         *
         * @param word the word
         * @param positions the positions in any order; the list is copied
         * @throws IllegalArgumentException if there are more than 256 positions, or two with the same number
         */
        public Lexeme {
            if (positions.size() > MOST_POSITIONS) {
                throw new IllegalArgumentException(
                        positions.size() + " positions of a lexeme where the server keeps " + MOST_POSITIONS);
            }
            positions = ordered(positions, Comparator.comparingInt(Position::position), "two positions of one number");
        }

        /** As the server prints it: {@code 'it''s':1A,2}. */
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("'");
            for (int i = 0; i < word.length(); i++) {
                char c = word.charAt(i);
                text.append(c).append(c == '\'' || c == '\\' ? String.valueOf(c) : "");
            }
            text.append(positions.isEmpty() ? "'" : "':");
            return text + positions.stream().map(Position::toString).collect(Collectors.joining(","));
        }
    }

    /**
     * One place of a word.
     *
     * @param position the number of the word in its document, 1 to 16,383; the last one stands for all behind it too
     * @param weight the part of the document: {@code A} (such as its title) to {@code D} (the usual one)
     */
    public record Position(int position, char weight) {

        private static final int LAST = 16_383;

        /**
         * Makes the value.
         *
         * @param position the number of the word in its document
         * @param weight the part of the document
         * @throws IllegalArgumentException if the number is not one of 1 to 16,383, or the weight not one of A to D
         */
        public Position {
            if (position < 1 || position > LAST) {
                throw new IllegalArgumentException("position " + position + " is not one of 1 to " + LAST);
            }
            if (weight < 'A' || weight > 'D') {
                throw new IllegalArgumentException("weight '" + weight + "' is not one of A to D");
            }
        }

        /** As the server prints it: {@code 1A}, but {@code 1} for the weight {@code D}. */
        @Override
        public String toString() {
            return weight == 'D' ? String.valueOf(position) : position + String.valueOf(weight);
        }
    }

    /** Code points in Java's order are bytes in the server's; only surrogates stand for more than their own number. */
    private static int compareBytes(Lexeme one, Lexeme other) {
        String a = one.word;
        String b = other.word;
        for (int i = 0; i < Math.min(a.length(), b.length()); i++) {
            char c = a.charAt(i);
            char d = b.charAt(i);
            if (c != d) {
                int kinds = Boolean.compare(Character.isSurrogate(c), Character.isSurrogate(d));
                return kinds != 0 ? kinds : Character.compare(c, d);
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    private static <T> List<T> ordered(List<T> values, Comparator<T> order, String problem) {
        List<T> given = List.copyOf(values);
        if (isAscending(given, order)) {
            return given;
        }
        List<T> sorted = new ArrayList<>(given);
        sorted.sort(order);
        if (!isAscending(sorted, order)) {
            throw new IllegalArgumentException(problem);
        }
        return List.copyOf(sorted);
    }

    private static <T> boolean isAscending(List<T> values, Comparator<T> order) {
        for (int i = 1; i < values.size(); i++) {
            if (order.compare(values.get(i - 1), values.get(i)) >= 0) {
                return false;
            }
        }
        return true;
    }

    /** As the server prints it: {@code 'a':1A,2 'b'}. */
    @Override
    public String toString() {
        return lexemes.stream().map(Lexeme::toString).collect(Collectors.joining(" "));
    }
}
