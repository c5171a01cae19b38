// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static io.r2dbc.pgxc.codec.EwkbCases.D0;
import static io.r2dbc.pgxc.codec.EwkbCases.D1;
import static io.r2dbc.pgxc.codec.EwkbCases.D2;
import static io.r2dbc.pgxc.codec.EwkbCases.D3;
import static io.r2dbc.pgxc.codec.EwkbCases.D4;
import static io.r2dbc.pgxc.codec.EwkbCases.EMPTY;
import static io.r2dbc.pgxc.codec.EwkbCases.LINE;
import static io.r2dbc.pgxc.codec.EwkbCases.NAN;
import static io.r2dbc.pgxc.codec.EwkbCases.NONE;
import static io.r2dbc.pgxc.codec.EwkbCases.NO_POINT;
import static io.r2dbc.pgxc.codec.EwkbCases.POINT;
import static io.r2dbc.pgxc.codec.EwkbCases.POLYGON;
import static io.r2dbc.pgxc.codec.EwkbCases.RING;
import static io.r2dbc.pgxc.codec.EwkbCases.SRID;
import static io.r2dbc.pgxc.codec.Extensions.REGISTRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.CoordinateXYM;
import org.locationtech.jts.geom.CoordinateXYZM;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.GeometryCollection;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.LineString;
import org.locationtech.jts.geom.LinearRing;
import org.locationtech.jts.geom.Point;
import org.locationtech.jts.geom.Polygon;

class JtsGeometriesTest {

    private static final int OID = Extensions.oid("geometry");
    private static final int ARRAY = Extensions.arrayOid("geometry");

    private static final GeometryFactory FACTORY = new GeometryFactory();

    private static Geometry read(String hex) {
        return Extensions.binary(OID, hex, Geometry.class);
    }

    @ParameterizedTest(name = "[X30, X10] {0}")
    @DisplayName("[X30, X10] a geometry of JTS is read in both formats, and written as the server sends it")
    @MethodSource("io.r2dbc.pgxc.codec.EwkbCases#rows")
    void readsGeometries(EwkbCases.Row row) {
        for (String name : List.of("geometry", "geography")) {
            int oid = Extensions.oid(name);
            for (Class<? extends Geometry> target : List.of(Geometry.class, row.type())) {
                for (Geometry read :
                        List.of(Extensions.text(oid, row.text(), target), Extensions.binary(oid, row.hex(), target))) {
                    assertThat((Object) read).isExactlyInstanceOf(row.type());
                    assertThat(read.getSRID()).isEqualTo(row.name().startsWith("SRID=4326;") ? 4326 : 0);
                    assertThat(Extensions.hex(read, oid)).isEqualTo(row.hex());
                    assertThat(Extensions.untyped(read)).isEqualTo(row.text());
                }
            }
        }
    }

    @ParameterizedTest(name = "[G11, S8.31, S8.32] {0}")
    @DisplayName("[G11, S8.31, S8.32] bytes too few, too many or damaged are an error for the value")
    @MethodSource("io.r2dbc.pgxc.codec.EwkbCases#rows")
    void survives(EwkbCases.Row row) {
        Extensions.survivesLengths("geometry", row.hex(), Geometry.class, row.type());
        Extensions.survivesDamage(
                "geometry", row.text(), row.hex(), Geometry.class, row.type(), byte[].class, String.class);
    }

    @Test
    @DisplayName("[X31] heights, measures and the SRID are kept, that of the parts too")
    void keepsOrdinates() {
        Coordinate height = read("01" + "01000080" + D1 + D2 + D3).getCoordinate();
        Coordinate measure = read("01" + "01000040" + D1 + D2 + D3).getCoordinate();
        Coordinate both = read("01" + "010000c0" + D1 + D2 + D3 + D4).getCoordinate();

        assertThat(List.of(height.getX(), height.getY(), height.getZ(), height.getM()))
                .containsExactly(1d, 2d, 3d, Double.NaN);
        assertThat(List.of(measure.getX(), measure.getY(), measure.getZ(), measure.getM()))
                .containsExactly(1d, 2d, Double.NaN, 3d);
        assertThat(List.of(both.getX(), both.getY(), both.getZ(), both.getM())).containsExactly(1d, 2d, 3d, 4d);

        Geometry collection = read("01" + "07000020" + SRID + "02000000" + POINT + LINE);
        assertThat(collection.getGeometryN(0).getSRID()).isEqualTo(4326);
        assertThat(collection.getGeometryN(1).getFactory().getSRID()).isEqualTo(4326);
    }

    @Test
    @DisplayName("[X10] heights are written if one is a number, measures if there is a place for them")
    void writesOrdinates() {
        assertThat(Extensions.hex(FACTORY.createPoint(new Coordinate(1, 2)), OID))
                .isEqualTo(POINT);
        assertThat(Extensions.hex(FACTORY.createPoint(new Coordinate(1, 2, 3)), OID))
                .isEqualTo("01" + "01000080" + D1 + D2 + D3);
        assertThat(Extensions.hex(FACTORY.createPoint(new CoordinateXYM(1, 2, 3)), OID))
                .isEqualTo("01" + "01000040" + D1 + D2 + D3);
        assertThat(Extensions.hex(FACTORY.createPoint(new CoordinateXYZM(1, 2, Double.NaN, 4)), OID))
                .isEqualTo("01" + "010000c0" + D1 + D2 + NAN + D4);
        assertThat(Extensions.hex(FACTORY.createPoint(), OID)).isEqualTo(NO_POINT);

        Geometry mixed = FACTORY.createGeometryCollection(new Geometry[] {
            FACTORY.createPoint(new Coordinate(1, 2)),
            FACTORY.createPoint(new Coordinate(1, 2, 3)),
            FACTORY.createPoint()
        });
        String head = "01" + "01000080";
        assertThat(Extensions.hex(mixed, OID))
                .isEqualTo("01" + "07000080" + "03000000" + head + D1 + D2 + NAN + head + D1 + D2 + D3 + head
                        + NAN.repeat(3));
    }

    @Test
    @DisplayName("[X10] a ring is written as the line that it is, and only geometries are written and read")
    void writesOtherClasses() {
        LinearRing ring = Extensions.binary(OID, POLYGON, Polygon.class).getExteriorRing();

        assertThat(Extensions.hex(ring, OID)).isEqualTo("01" + "02000000" + RING);
        assertThat(REGISTRY.canEncode(LinearRing.class)).isTrue();
        assertThat(REGISTRY.canEncode(Geometry.class)).isTrue();
        assertThat(REGISTRY.typeOidOf(Polygon.class)).isZero();
        assertThat(REGISTRY.canEncode(Coordinate.class)).isFalse();
        assertThat(REGISTRY.canEncode(Envelope.class)).isFalse();
        assertThatThrownBy(() -> REGISTRY.encoding(FACTORY.createPoint(), PgType.TEXT.oid()))
                .isInstanceOf(IllegalArgumentException.class);
        for (Class<?> target : List.of(LinearRing.class, Coordinate.class, Envelope.class, Integer.class)) {
            assertThatThrownBy(() -> REGISTRY.decoder(OID, Format.BINARY, target))
                    .isInstanceOf(ValueException.class)
                    .hasMessage("geometry (binary): no conversion to " + target.getTypeName());
        }
    }

    @Test
    @DisplayName("[X31] another geometry than the one asked for is an error for the value")
    void readsExactly() {
        assertThatThrownBy(() -> Extensions.binary(OID, POLYGON, Point.class))
                .isInstanceOf(ValueException.class)
                .hasMessage("geometry (binary): a Polygon has no place in org.locationtech.jts.geom.Point");
        assertThatThrownBy(() -> Extensions.text(OID, "01" + "04000000" + NONE, GeometryCollection.class))
                .isInstanceOf(ValueException.class)
                .hasMessage("geometry (text): a MultiPoint has no place in "
                        + "org.locationtech.jts.geom.GeometryCollection");
    }

    @Test
    @DisplayName("[G8] each part says its byte order itself")
    void readsBothByteOrders() {
        String big = "00" + "00000001" + "3ff0000000000000" + "4000000000000000";
        String little = "01" + "04000000" + "03000000" + big + POINT + big;
        String outer = "00" + "00000004" + "00000003" + POINT + big + POINT;
        String same = "01" + "04000000" + "03000000" + POINT + POINT + POINT;

        assertThat(Extensions.hex(read(big), OID)).isEqualTo(POINT);
        assertThat(Extensions.hex(read(little), OID)).isEqualTo(same);
        assertThat(Extensions.hex(read(outer), OID)).isEqualTo(same);
        assertThat(read("00" + "20000001" + "000010e6" + big.substring(10)).getSRID())
                .isEqualTo(4326);
    }

    @ParameterizedTest(name = "[G8, G11, S8.32] {0}")
    @DisplayName("[G8, G11, S8.32] bytes that are no geometry are an error, before anything is made of their counts")
    @ValueSource(
            strings = {
                "",
                "01",
                "0101000000",
                "02" + "01000000" + D1 + D2,
                "ff" + "01000000" + D1 + D2,
                "01" + "00000000" + D1 + D2,
                "01" + "08000000" + NONE,
                "01" + "e9030000" + D1 + D2 + D3,
                "01" + "01000010" + D1 + D2,
                "01" + "01000100" + D1 + D2,
                "01" + "01000000" + D1 + D2 + "00",
                "01" + "01000020" + D1 + D2,
                "01" + "02000000" + "01000000" + D1 + D2,
                "01" + "02000000" + "ffffffff" + D1 + D2,
                "01" + "02000000" + "ffffff7f" + D1 + D2,
                "01" + "02000000" + "00000010" + D1 + D2,
                "01" + "02000000" + "03000000" + D1 + D2 + D3 + D4,
                "01" + "03000000" + "ffffff7f" + NONE,
                "01" + "03000000" + "02000000" + NONE,
                "01" + "03000000" + "02000000" + NONE + RING,
                "01" + "03000000" + "01000000" + "03000000" + D0 + D0 + D1 + D1 + D2 + D2,
                "01" + "03000000" + "01000000" + "01000000" + D0 + D0,
                "01" + "04000000" + "ffffff7f" + POINT,
                "01" + "04000000" + "01000000" + LINE,
                "01" + "05000000" + "01000000" + POINT,
                "01" + "06000000" + "01000000" + EMPTY,
                "01" + "07000000" + "01000000",
                "01" + "07000000" + "02000000" + POINT,
                "01" + "07000000" + "01000000" + "01" + "01000020" + SRID + D1 + D2,
                "01" + "07000000" + "01000000" + "01" + "01000080" + D1 + D2 + D3,
                "01" + "07000080" + "01000000" + POINT
            })
    void refusesOtherBytes(String hex) {
        assertThatThrownBy(() -> Extensions.binary(OID, hex, Geometry.class))
                .isInstanceOf(ValueException.class)
                .hasMessageStartingWith("geometry (binary): ");
        assertThatThrownBy(() -> Extensions.text(OID, hex, Geometry.class))
                .isInstanceOf(ValueException.class)
                .hasMessageStartingWith("geometry (text): ");
        assertThat(Extensions.binary(OID, hex, byte[].class)).isEqualTo(Extensions.parse(hex));
    }

    @Test
    @DisplayName("[G8] collections within each other are read and written up to a limit")
    void limitsDepth() {
        String level = "01" + "07000000" + "01000000";
        String deepest = level.repeat(EwkbShape.DEEPEST) + EMPTY;
        Geometry read = read(deepest);
        Geometry deeper = FACTORY.createGeometryCollection(new Geometry[] {read});

        assertThat(Extensions.hex(read, OID)).isEqualTo(deepest);
        assertThatThrownBy(() -> Extensions.hex(deeper, OID))
                .isInstanceOf(ValueException.class)
                .hasMessage("cannot write a org.locationtech.jts.geom.GeometryCollection as geometry: more than 32 "
                        + "collections within each other");
        for (int levels : new int[] {EwkbShape.DEEPEST + 1, 100_000}) {
            assertThatThrownBy(() -> read(level.repeat(levels) + EMPTY))
                    .isInstanceOf(ValueException.class)
                    .hasMessage("geometry (binary): more than 32 geometries within each other");
        }
    }

    @Test
    @DisplayName("[X10] a list of geometries has colons between them, as the array types of PostGIS ask for")
    void lists() {
        Geometry point = FACTORY.createPoint(new Coordinate(1, 2));
        String text = Extensions.untyped(point);
        assertThat(Extensions.untyped(List.of(point, FACTORY.createPoint(new Coordinate(1, 2)))))
                .isEqualTo("{\"" + text + "\":\"" + text + "\"}");
        assertThat(Extensions.text(Extensions.arrayOid("geometry"), "{\"" + text + "\":NULL}", Geometry[].class))
                .containsExactly(point, null);
    }

    @Test
    @DisplayName("[X30, G8] random geometries come back, by their bytes and by their text")
    void comesBack() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            GeometryFactory factory = new GeometryFactory(FACTORY.getPrecisionModel(), random.nextInt(3));
            Geometry value = randomGeometry(random, factory, random.nextInt(3), 0);
            String hex = Extensions.hex(value, OID);
            String text = Extensions.untyped(value);
            for (Geometry back : List.of(read(hex), Extensions.text(OID, text, Geometry.class))) {
                assertThat((Object) back).as("seed %d", seed).isEqualTo(value).hasSameClassAs(value);
                assertThat(back.getSRID()).as("seed %d", seed).isEqualTo(value.getSRID());
                assertThat(Extensions.hex(back, OID)).as("seed %d", seed).isEqualTo(hex);
            }
        }
    }

    private static Geometry randomGeometry(Random random, GeometryFactory factory, int extra, int depth) {
        return switch (random.nextInt(depth < 3 ? 7 : 6)) {
            case 0 -> factory.createPoint(coordinate(random, extra));
            case 1 -> factory.createLineString(coordinates(random, extra, random.nextInt(4) * 2, false));
            case 2 -> polygon(random, factory, extra);
            case 3 -> factory.createMultiPointFromCoords(coordinates(random, extra, random.nextInt(4), false));
            case 4 ->
                factory.createMultiLineString(new LineString[] {
                    factory.createLineString(coordinates(random, extra, 2, false)), factory.createLineString()
                });
            case 5 ->
                factory.createMultiPolygon(
                        new Polygon[] {polygon(random, factory, extra), polygon(random, factory, extra)});
            default -> {
                List<Geometry> parts = new ArrayList<>();
                for (int n = random.nextInt(4); n > 0; n--) {
                    parts.add(randomGeometry(random, factory, extra, depth + 1));
                }
                yield factory.createGeometryCollection(parts.toArray(Geometry[]::new));
            }
        };
    }

    private static Polygon polygon(Random random, GeometryFactory factory, int extra) {
        LinearRing shell = factory.createLinearRing(coordinates(random, extra, 5, true));
        LinearRing[] holes = new LinearRing[random.nextInt(3)];
        for (int i = 0; i < holes.length; i++) {
            holes[i] = factory.createLinearRing(coordinates(random, extra, 4, true));
        }
        return factory.createPolygon(shell, holes);
    }

    private static Coordinate[] coordinates(Random random, int extra, int count, boolean closed) {
        Coordinate[] coordinates = new Coordinate[count];
        for (int i = 0; i < count; i++) {
            coordinates[i] = closed && i == count - 1 ? coordinates[0] : coordinate(random, extra);
        }
        return coordinates;
    }

    private static Coordinate coordinate(Random random, int extra) {
        double x = random.nextGaussian();
        double y = random.nextInt(100);
        return switch (extra) {
            case 0 -> new Coordinate(x, y);
            case 1 -> new Coordinate(x, y, random.nextInt(9));
            default -> new CoordinateXYM(x, y, random.nextInt(9));
        };
    }

    @Test
    @DisplayName("[X30, G8] arrays of geometries have colons between their elements")
    void readsArrays() {
        String hex = Extensions.array(OID, POINT, null, NO_POINT);
        String text = ("{" + POINT + ":NULL:" + NO_POINT + "}").toUpperCase(Locale.ROOT);
        Point[] value = {FACTORY.createPoint(new Coordinate(1, 2)), null, FACTORY.createPoint()};

        assertThat(Extensions.binary(ARRAY, hex, String.class)).isEqualTo(text);
        for (Class<?> target : List.of(Point[].class, Geometry[].class)) {
            for (Object read : List.of(Extensions.binary(ARRAY, hex, target), Extensions.text(ARRAY, text, target))) {
                assertThat(read).isExactlyInstanceOf(target);
                assertThat((Object[]) read).containsExactly((Object[]) value);
            }
        }
        assertThat(Extensions.text(ARRAY, text, Object.class))
                .isEqualTo(new String[] {POINT.toUpperCase(Locale.ROOT), null, NO_POINT.toUpperCase(Locale.ROOT)});
        assertThat((Object) Extensions.binary(ARRAY, hex, byte[][].class))
                .isEqualTo(new byte[][] {Extensions.parse(POINT), null, Extensions.parse(NO_POINT)});
        assertThat(Extensions.hex(value, ARRAY)).isEqualTo(hex);

        String column = Extensions.column(OID, POINT, LINE);
        Geometry[][] read = Extensions.binary(ARRAY, column, Geometry[][].class);
        assertThat(List.of(Extensions.hex(read[0][0], OID), Extensions.hex(read[1][0], OID)))
                .containsExactly(POINT, LINE);
        assertThat(Extensions.binary(ARRAY, column, String.class))
                .isEqualTo(("{{" + POINT + "}:{" + LINE + "}}").toUpperCase(Locale.ROOT));
    }
}
