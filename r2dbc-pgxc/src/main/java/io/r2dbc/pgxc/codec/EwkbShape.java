// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;

/**
 * Checks that bytes are one geometry in extended WKB, before anything is made of it: byte order, type, flags, counts for
 * which there are the bytes, collections within collections up to a limit. Of what the server does not send, it refuses
 * parts with other dimensions than the whole, and parts with an SRID of their own.
 */
final class EwkbShape {

    static final int POINT = 1;
    static final int LINE = 2;
    static final int POLYGON = 3;
    static final int MULTIPOINT = 4;
    static final int MULTILINE = 5;
    static final int MULTIPOLYGON = 6;
    static final int COLLECTION = 7;

    /** From a geometry that consists of others to the only kind of others that it may consist of. */
    private static final int MULTI = MULTIPOINT - POINT;

    static final int HAS_Z = 0x8000_0000;
    static final int HAS_M = 0x4000_0000;
    static final int HAS_SRID = 0x2000_0000;
    static final int DIMENSIONS = HAS_Z | HAS_M;
    static final int KIND = ~(DIMENSIONS | HAS_SRID);

    static final int BIG_ENDIAN = 0;
    static final int LITTLE_ENDIAN = 1;

    /** The byte order, and the word of kind and flags. */
    static final int HEAD = 5;

    /** How many collections may stand one within the other. */
    static final int DEEPEST = 32;

    /** A head and a count. */
    private static final int SHORTEST = HEAD + 4;

    private final PgType type;
    private final Format format;
    private final ByteBuf buffer;
    private final int end;
    private int at;

    private EwkbShape(PgType type, Format format, ByteBuf buffer, int offset, int length) {
        this.type = type;
        this.format = format;
        this.buffer = buffer;
        this.end = offset + length;
        this.at = offset;
    }

    /** Throws if the bytes are anything else; {@code format} is the one in which they came. */
    static void check(PgType type, Format format, ByteBuf buffer, int offset, int length) {
        EwkbShape shape = new EwkbShape(type, format, buffer, offset, length);
        shape.geometry(0, 0);
        if (shape.at != shape.end) {
            throw shape.problem(shape.end - shape.at + " bytes behind the geometry");
        }
    }

    static int word(ByteBuf buffer, int at, boolean littleEndian) {
        return littleEndian ? buffer.getIntLE(at) : buffer.getInt(at);
    }

    static int ordinates(int word) {
        return 2 + ((word & HAS_Z) == 0 ? 0 : 1) + ((word & HAS_M) == 0 ? 0 : 1);
    }

    /**
     * One geometry.
     *
     * @param outer the word of the one that it is a part of, 0 for none
     */
    private void geometry(int outer, int depth) {
        require(HEAD);
        int order = buffer.getByte(at);
        if (order != BIG_ENDIAN && order != LITTLE_ENDIAN) {
            throw problem("byte order " + order);
        }
        boolean littleEndian = order == LITTLE_ENDIAN;
        int word = word(buffer, at + 1, littleEndian);
        at += HEAD;
        checkKind(word, outer, depth);
        if ((word & HAS_SRID) != 0) {
            skip(4);
        }
        int width = Double.BYTES * ordinates(word);
        switch (word & KIND) {
            case POINT -> skip(width);
            case LINE -> points(littleEndian, width);
            case POLYGON -> {
                for (int rings = count(littleEndian, 4); rings > 0; rings--) {
                    points(littleEndian, width);
                }
            }
            default -> {
                for (int parts = count(littleEndian, SHORTEST); parts > 0; parts--) {
                    geometry(word, depth + 1);
                }
            }
        }
    }

    private void checkKind(int word, int outer, int depth) {
        int kind = word & KIND;
        if (kind < POINT || kind > COLLECTION) {
            throw problem("geometry of type " + Integer.toUnsignedString(kind) + ", which is none of 1 to 7");
        }
        if (depth > DEEPEST) {
            throw problem("more than " + DEEPEST + " geometries within each other");
        }
        if (outer == 0) {
            return;
        }
        int whole = outer & KIND;
        if (whole != COLLECTION && kind != whole - MULTI) {
            throw problem("geometry of type " + kind + " in one of type " + whole);
        }
        if ((word & HAS_SRID) != 0 || (word & DIMENSIONS) != (outer & DIMENSIONS)) {
            throw problem("a part with an SRID or with dimensions of its own");
        }
    }

    private void points(boolean littleEndian, int width) {
        int count = count(littleEndian, width);
        at += count * width;
    }

    /** A count of what takes at least {@code width} bytes each, which are known to be there. */
    private int count(boolean littleEndian, int width) {
        require(4);
        int count = word(buffer, at, littleEndian);
        at += 4;
        if (count < 0 || (long) count * width > end - at) {
            throw problem(Integer.toUnsignedString(count) + " parts in " + (end - at) + " bytes");
        }
        return count;
    }

    private void skip(int bytes) {
        require(bytes);
        at += bytes;
    }

    private void require(int bytes) {
        if (end - at < bytes) {
            throw problem("ends within the geometry");
        }
    }

    private ValueException problem(String problem) {
        return ValueException.of(type, format, problem);
    }
}
