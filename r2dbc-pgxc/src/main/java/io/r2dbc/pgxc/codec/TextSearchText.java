// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.value.TsVector;
import io.r2dbc.pgxc.value.TsVector.Lexeme;
import io.r2dbc.pgxc.value.TsVector.Position;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a {@code tsvector} from the text that the server prints: {@code 'a':1A,2 'b' 'it''s':3}, each word in quotes, with
 * quotes and backslashes in it doubled.
 */
final class TextSearchText {

    private static final int MOST_DIGITS = 5;

    private TextSearchText() {}

    static TsVector vector(ByteBuf buffer, int offset, int length) {
        try {
            return new TsVector(lexemes(buffer, offset, offset + length));
        } catch (IllegalArgumentException e) {
            throw new ValueException("tsvector (text): " + e.getMessage(), e);
        }
    }

    private static List<Lexeme> lexemes(ByteBuf buffer, int offset, int end) {
        List<Lexeme> lexemes = new ArrayList<>();
        int at = offset;
        while (at < end) {
            int quote = lexemes.isEmpty() ? at : behind(buffer, at, end, ' ');
            int word = behind(buffer, quote, end, '\'');
            int close = closing(buffer, word, end);
            int colon = close + 1;
            boolean hasPositions = colon < end && buffer.getByte(colon) == ':';
            int space = hasPositions ? buffer.indexOf(colon, end, (byte) ' ') : colon;
            at = space < 0 ? end : space;
            List<Position> positions = hasPositions ? positions(buffer, colon + 1, at) : List.of();
            lexemes.add(new Lexeme(word(buffer, word, close), positions));
        }
        return lexemes;
    }

    private static int behind(ByteBuf buffer, int at, int end, char due) {
        if (at >= end || buffer.getByte(at) != due) {
            throw malformed(buffer, at, end);
        }
        return at + 1;
    }

    /** The first quote that is not doubled. */
    private static int closing(ByteBuf buffer, int from, int end) {
        int at = from;
        while (at < end) {
            int b = buffer.getByte(at);
            boolean isSpecial = b == '\'' || b == '\\';
            boolean isDoubled = isSpecial && at + 1 < end && buffer.getByte(at + 1) == b;
            if (isSpecial && !isDoubled) {
                break;
            }
            at += isDoubled ? 2 : 1;
        }
        if (at >= end || buffer.getByte(at) != '\'') {
            throw malformed(buffer, from, end);
        }
        return at;
    }

    private static String word(ByteBuf buffer, int from, int to) {
        String quoted = Utf8.read(buffer, from, to - from, PgType.TSVECTOR, Format.TEXT);
        if (quoted.indexOf('\'') < 0 && quoted.indexOf('\\') < 0) {
            return quoted;
        }
        StringBuilder word = new StringBuilder(quoted.length());
        for (int i = 0; i < quoted.length(); i++) {
            char c = quoted.charAt(i);
            word.append(c);
            i += c == '\'' || c == '\\' ? 1 : 0;
        }
        return word.toString();
    }

    private static List<Position> positions(ByteBuf buffer, int from, int to) {
        List<Position> positions = new ArrayList<>();
        int at = from;
        boolean isMore = true;
        while (isMore) {
            int comma = buffer.indexOf(at, to, (byte) ',');
            isMore = comma >= 0;
            int stop = isMore ? comma : to;
            positions.add(position(buffer, at, stop));
            at = stop + 1;
        }
        return positions;
    }

    private static Position position(ByteBuf buffer, int from, int to) {
        int last = from < to ? buffer.getByte(to - 1) : 0;
        boolean hasWeight = last >= 'A' && last <= 'C';
        int digits = to - from - (hasWeight ? 1 : 0);
        int position = digits < 1 || digits > MOST_DIGITS ? -1 : Digits.fixed(buffer, from, digits);
        if (position < 0) {
            throw malformed(buffer, from, to);
        }
        return new Position(position, hasWeight ? (char) last : 'D');
    }

    private static ValueException malformed(ByteBuf buffer, int from, int to) {
        return ValueException.malformed(PgType.TSVECTOR, buffer, from, to - from);
    }
}
