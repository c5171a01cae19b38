// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.value.TsVector;
import io.r2dbc.pgxc.value.TsVector.Lexeme;
import io.r2dbc.pgxc.value.TsVector.Position;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the binary form of a {@code tsvector}: how many lexemes there are, then for each its word with a zero behind it,
 * how many positions it has, and these, with the weight in the two upper bits.
 */
final class TextSearchBytes {

    private static final int HEADER = 4;

    /** An empty word's zero, and no positions. */
    private static final int LEAST_LEXEME = 3;

    private TextSearchBytes() {}

    static TsVector vector(ByteBuf buffer, int offset, int length) {
        try {
            return new TsVector(lexemes(buffer, offset, length));
        } catch (IllegalArgumentException e) {
            throw new ValueException("tsvector (binary): " + e.getMessage(), e);
        }
    }

    private static List<Lexeme> lexemes(ByteBuf buffer, int offset, int length) {
        int count = length < HEADER ? -1 : buffer.getInt(offset);
        if (count < 0 || count > (length - HEADER) / LEAST_LEXEME) {
            throw malformed(Math.max(count, 0) + " lexemes in " + length + " bytes");
        }
        List<Lexeme> lexemes = new ArrayList<>(count);
        int end = offset + length;
        int at = offset + HEADER;
        for (int i = 0; i < count; i++) {
            int zero = buffer.indexOf(at, end, (byte) 0);
            if (zero < 0 || end - zero < LEAST_LEXEME) {
                throw malformed("ends within its lexemes");
            }
            String word = Utf8.read(buffer, at, zero - at, PgType.TSVECTOR, Format.BINARY);
            int size = buffer.getUnsignedShort(zero + 1);
            at = zero + LEAST_LEXEME;
            if (size > (end - at) / 2) {
                throw malformed(size + " positions in " + (end - at) + " bytes");
            }
            lexemes.add(new Lexeme(word, positions(buffer, at, size)));
            at += 2 * size;
        }
        if (at != end) {
            throw malformed(end - at + " bytes behind the last lexeme");
        }
        return lexemes;
    }

    private static List<Position> positions(ByteBuf buffer, int offset, int size) {
        if (size == 0) {
            return List.of();
        }
        List<Position> positions = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            int bits = buffer.getUnsignedShort(offset + 2 * i);
            positions.add(new Position(bits & 0x3FFF, (char) ('D' - (bits >> 14))));
        }
        return positions;
    }

    private static ValueException malformed(String problem) {
        return ValueException.of(PgType.TSVECTOR, Format.BINARY, problem);
    }
}
