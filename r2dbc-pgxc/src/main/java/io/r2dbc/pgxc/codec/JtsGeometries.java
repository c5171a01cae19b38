// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.locationtech.jts.geom.CoordinateSequence;
import org.locationtech.jts.geom.CoordinateSequenceFactory;
import org.locationtech.jts.geom.CoordinateSequenceFilter;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.GeometryCollection;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.LineString;
import org.locationtech.jts.geom.LinearRing;
import org.locationtech.jts.geom.MultiLineString;
import org.locationtech.jts.geom.MultiPoint;
import org.locationtech.jts.geom.MultiPolygon;
import org.locationtech.jts.geom.Point;
import org.locationtech.jts.geom.Polygon;
import org.locationtech.jts.geom.PrecisionModel;
import org.locationtech.jts.geom.impl.CoordinateArraySequenceFactory;

/**
 * Makes geometries of JTS from extended WKB, and writes them as such. JTS is an optional library, and this is the one class
 * that knows it.
 *
 * <p>JTS has a reader and a writer of its own. They are not used: the reader closes rings and doubles points without a word
 * where it must, and what becomes of measures depends on its version.
 *
 * <p>Every coordinate of JTS has a place for a height, which is NaN where there is none. So heights are written if one of
 * them is a number, or if there are measures besides; a geometry without any point is written in two dimensions.
 */
final class JtsGeometries {

    private static final CoordinateSequenceFactory SEQUENCES = CoordinateArraySequenceFactory.instance();
    private static final PrecisionModel PRECISION = new PrecisionModel();
    private static final GeometryFactory NO_SRID = new GeometryFactory(PRECISION, 0, SEQUENCES);

    /** What is read; no WKB tells a ring from another line. */
    private static final Set<Class<?>> CLASSES = Set.of(
            Geometry.class,
            Point.class,
            LineString.class,
            Polygon.class,
            MultiPoint.class,
            MultiLineString.class,
            MultiPolygon.class,
            GeometryCollection.class);

    private static final String GEOMETRY = "geometry";
    private static final Encoding UNTYPED = TypedEncoding.text(PgType.named(GEOMETRY), JtsGeometries::writeHex);

    private JtsGeometries() {}

    static boolean isGeometry(Class<?> type) {
        return Geometry.class.isAssignableFrom(type);
    }

    /** Reads exactly this class, or whatever there is for the class of all of them. */
    static @Nullable Decoder<?> decoder(PgType type, Format format, Class<?> target) {
        if (!CLASSES.contains(target)) {
            return null;
        }
        if (format == Format.BINARY) {
            return (Decoder<Geometry>) (buffer, offset, length) -> read(type, format, buffer, offset, length, target);
        }
        return (Decoder<Geometry>) (buffer, offset, length) -> {
            byte[] bytes = PostgisCodec.fromHex(type, buffer, offset, length);
            return read(type, format, Unpooled.wrappedBuffer(bytes), 0, bytes.length, target);
        };
    }

    private static Geometry read(PgType type, Format format, ByteBuf buffer, int offset, int length, Class<?> target) {
        EwkbShape.check(type, format, buffer, offset, length);
        Geometry geometry;
        try {
            geometry = new Reader(buffer, offset).geometry();
        } catch (IllegalArgumentException e) {
            throw ValueException.of(type, format, "no geometry of JTS: " + e.getMessage());
        }
        if (target != Geometry.class && target != geometry.getClass()) {
            throw ValueException.of(
                    type, format, "a " + geometry.getGeometryType() + " has no place in " + target.getTypeName());
        }
        return geometry;
    }

    /** Goes through bytes whose shape was checked. */
    private static final class Reader {

        private final ByteBuf buffer;
        private int at;
        private boolean littleEndian;
        private int dimensions;
        private GeometryFactory factory = NO_SRID;

        Reader(ByteBuf buffer, int offset) {
            this.buffer = buffer;
            this.at = offset;
        }

        Geometry geometry() {
            littleEndian = buffer.getByte(at) == EwkbShape.LITTLE_ENDIAN;
            at++;
            int word = next();
            dimensions = word & EwkbShape.DIMENSIONS;
            if ((word & EwkbShape.HAS_SRID) != 0) {
                factory = new GeometryFactory(PRECISION, next(), SEQUENCES);
            }
            return switch (word & EwkbShape.KIND) {
                case EwkbShape.POINT -> point();
                case EwkbShape.LINE -> factory.createLineString(sequence(next()));
                case EwkbShape.POLYGON -> polygon();
                case EwkbShape.MULTIPOINT -> factory.createMultiPoint(parts(new Point[next()]));
                case EwkbShape.MULTILINE -> factory.createMultiLineString(parts(new LineString[next()]));
                case EwkbShape.MULTIPOLYGON -> factory.createMultiPolygon(parts(new Polygon[next()]));
                default -> factory.createGeometryCollection(parts(new Geometry[next()]));
            };
        }

        private int next() {
            int word = EwkbShape.word(buffer, at, littleEndian);
            at += 4;
            return word;
        }

        /** The empty point has NaN for its coordinates. */
        private Point point() {
            CoordinateSequence only = sequence(1);
            boolean isEmpty = Double.isNaN(only.getX(0)) && Double.isNaN(only.getY(0));
            return factory.createPoint(isEmpty ? sequence(0) : only);
        }

        private Polygon polygon() {
            int rings = next();
            LinearRing shell = factory.createLinearRing(sequence(rings == 0 ? 0 : next()));
            LinearRing[] holes = new LinearRing[Math.max(rings - 1, 0)];
            for (int i = 0; i < holes.length; i++) {
                holes[i] = factory.createLinearRing(sequence(next()));
            }
            return factory.createPolygon(shell, holes);
        }

        @SuppressWarnings("unchecked") // the shape says that they are of this class, and the array that they are
        private <T extends Geometry> T[] parts(T[] parts) {
            for (int i = 0; i < parts.length; i++) {
                parts[i] = (T) geometry();
            }
            return parts;
        }

        private CoordinateSequence sequence(int size) {
            int ordinates = EwkbShape.ordinates(dimensions);
            int measures = (dimensions & EwkbShape.HAS_M) == 0 ? 0 : 1;
            CoordinateSequence sequence = SEQUENCES.create(size, ordinates, measures);
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < ordinates; j++) {
                    sequence.setOrdinate(i, j, littleEndian ? buffer.getDoubleLE(at) : buffer.getDouble(at));
                    at += Double.BYTES;
                }
            }
            return sequence;
        }
    }

    static Encoding untyped() {
        return UNTYPED;
    }

    static Encoding binary(PgType type) {
        return TypedEncoding.binary(type, JtsGeometries::write);
    }

    private static void writeHex(Object value, ByteBuf out) {
        ByteBuf bytes = Unpooled.buffer();
        write(value, bytes);
        String hex = PostgisCodec.hex(PgType.named(GEOMETRY), bytes, 0, bytes.writerIndex());
        out.writeCharSequence(hex, StandardCharsets.US_ASCII);
    }

    private static void write(Object value, ByteBuf out) {
        Geometry geometry = (Geometry) value;
        Dimensions dimensions = new Dimensions();
        geometry.apply(dimensions);
        write(geometry, dimensions.found | (geometry.getSRID() == 0 ? 0 : EwkbShape.HAS_SRID), 0, out);
    }

    /** Finds the heights and measures of all points, the parts of a geometry having the dimensions of the whole. */
    private static final class Dimensions implements CoordinateSequenceFilter {

        private int found;

        @Override
        public void filter(CoordinateSequence sequence, int i) {
            boolean hasM = sequence.hasM();
            boolean hasZ = sequence.hasZ() && (hasM || !Double.isNaN(sequence.getZ(i)));
            found |= (hasM ? EwkbShape.HAS_M : 0) | (hasZ ? EwkbShape.HAS_Z : 0);
        }

        @Override
        public boolean isDone() {
            return found == EwkbShape.DIMENSIONS;
        }

        @Override
        public boolean isGeometryChanged() {
            return false;
        }
    }

    private static void write(Geometry geometry, int flags, int depth, ByteBuf out) {
        if (depth > EwkbShape.DEEPEST) {
            throw ValueException.unwritable(
                    GEOMETRY, geometry, "more than " + EwkbShape.DEEPEST + " collections within each other");
        }
        out.writeByte(EwkbShape.LITTLE_ENDIAN);
        out.writeIntLE(kind(geometry) | flags);
        if ((flags & EwkbShape.HAS_SRID) != 0) {
            out.writeIntLE(geometry.getSRID());
        }
        int inner = flags & EwkbShape.DIMENSIONS;
        if (geometry instanceof Point point) {
            write(point, inner, out);
        } else if (geometry instanceof LineString line) {
            write(line, inner, out);
        } else if (geometry instanceof Polygon polygon) {
            write(polygon, inner, out);
        } else {
            out.writeIntLE(geometry.getNumGeometries());
            for (int i = 0; i < geometry.getNumGeometries(); i++) {
                write(geometry.getGeometryN(i), inner, depth + 1, out);
            }
        }
    }

    private static int kind(Geometry geometry) {
        if (geometry instanceof Point) {
            return EwkbShape.POINT;
        }
        if (geometry instanceof LineString) {
            return EwkbShape.LINE;
        }
        if (geometry instanceof Polygon) {
            return EwkbShape.POLYGON;
        }
        if (geometry instanceof MultiPoint) {
            return EwkbShape.MULTIPOINT;
        }
        if (geometry instanceof MultiLineString) {
            return EwkbShape.MULTILINE;
        }
        if (geometry instanceof MultiPolygon) {
            return EwkbShape.MULTIPOLYGON;
        }
        if (geometry instanceof GeometryCollection) {
            return EwkbShape.COLLECTION;
        }
        throw ValueException.unwritable(GEOMETRY, geometry, "WKB has no such geometry");
    }

    private static void write(Point point, int dimensions, ByteBuf out) {
        CoordinateSequence only = point.getCoordinateSequence();
        for (int i = EwkbShape.ordinates(dimensions); i > 0 && only.size() == 0; i--) {
            out.writeDoubleLE(Double.NaN);
        }
        write(only, dimensions, out);
    }

    private static void write(LineString line, int dimensions, ByteBuf out) {
        out.writeIntLE(line.getNumPoints());
        write(line.getCoordinateSequence(), dimensions, out);
    }

    private static void write(Polygon polygon, int dimensions, ByteBuf out) {
        int holes = polygon.getNumInteriorRing();
        out.writeIntLE(polygon.isEmpty() ? 0 : 1 + holes);
        if (polygon.isEmpty()) {
            return;
        }
        write(polygon.getExteriorRing(), dimensions, out);
        for (int i = 0; i < holes; i++) {
            write(polygon.getInteriorRingN(i), dimensions, out);
        }
    }

    private static void write(CoordinateSequence sequence, int dimensions, ByteBuf out) {
        for (int i = 0; i < sequence.size(); i++) {
            out.writeDoubleLE(sequence.getX(i));
            out.writeDoubleLE(sequence.getY(i));
            if ((dimensions & EwkbShape.HAS_Z) != 0) {
                out.writeDoubleLE(sequence.getZ(i));
            }
            if ((dimensions & EwkbShape.HAS_M) != 0) {
                out.writeDoubleLE(sequence.getM(i));
            }
        }
    }
}
