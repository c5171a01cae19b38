// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import java.util.List;
import java.util.Locale;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.GeometryCollection;
import org.locationtech.jts.geom.LineString;
import org.locationtech.jts.geom.MultiLineString;
import org.locationtech.jts.geom.MultiPoint;
import org.locationtech.jts.geom.MultiPolygon;
import org.locationtech.jts.geom.Point;
import org.locationtech.jts.geom.Polygon;

/** Rows for the geometries of PostGIS: extended WKB as a server with little-endian numbers sends it. */
final class EwkbCases {

    static final String D0 = "0000000000000000";
    static final String D1 = "000000000000f03f";
    static final String D2 = "0000000000000040";
    static final String D3 = "0000000000000840";
    static final String D4 = "0000000000001040";
    static final String D10 = "0000000000002440";
    static final String NAN = "000000000000f87f";
    static final String SRID = "e6100000";
    static final String NONE = "00000000";

    static final String POINT = "01" + "01000000" + D1 + D2;
    static final String LINE = "01" + "02000000" + "02000000" + D1 + D2 + D3 + D4;
    static final String RING = "04000000" + D0 + D0 + D10 + D0 + D10 + D10 + D0 + D0;
    static final String HOLE = "04000000" + D2 + D1 + D3 + D1 + D3 + D2 + D2 + D1;
    static final String POLYGON = "01" + "03000000" + "02000000" + RING + HOLE;
    static final String NO_POINT = "01" + "01000000" + NAN + NAN;
    static final String EMPTY = "01" + "07000000" + NONE;

    private EwkbCases() {}

    /**
     * What the server sends in binary, and prints in capitals.
     *
     * @param hex extended WKB
     * @param type the class of JTS
     */
    record Row(String name, String hex, Class<? extends Geometry> type) {

        String text() {
            return hex.toUpperCase(Locale.ROOT);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Row> rows() {
        return List.of(
                new Row("POINT(1 2)", POINT, Point.class),
                new Row("SRID=4326;POINT(1 2)", "01" + "01000020" + SRID + D1 + D2, Point.class),
                new Row("POINT Z (1 2 3)", "01" + "01000080" + D1 + D2 + D3, Point.class),
                new Row("POINT M (1 2 3)", "01" + "01000040" + D1 + D2 + D3, Point.class),
                new Row("SRID=4326;POINT ZM (1 2 3 4)", "01" + "010000e0" + SRID + D1 + D2 + D3 + D4, Point.class),
                new Row("POINT EMPTY", NO_POINT, Point.class),
                new Row("SRID=4326;POINT EMPTY", "01" + "01000020" + SRID + NAN + NAN, Point.class),
                new Row("LINESTRING(1 2,3 4)", LINE, LineString.class),
                new Row("LINESTRING EMPTY", "01" + "02000000" + NONE, LineString.class),
                new Row(
                        "LINESTRING Z (1 2 3,3 4 0)",
                        "01" + "02000080" + "02000000" + D1 + D2 + D3 + D3 + D4 + D0,
                        LineString.class),
                new Row("POLYGON((0 0,10 0,10 10,0 0),(2 1,3 1,3 2,2 1))", POLYGON, Polygon.class),
                new Row("POLYGON EMPTY", "01" + "03000000" + NONE, Polygon.class),
                new Row("MULTIPOINT(1 2,EMPTY)", "01" + "04000000" + "02000000" + POINT + NO_POINT, MultiPoint.class),
                new Row("MULTIPOINT EMPTY", "01" + "04000000" + NONE, MultiPoint.class),
                new Row("MULTILINESTRING((1 2,3 4))", "01" + "05000000" + "01000000" + LINE, MultiLineString.class),
                new Row("MULTIPOLYGON(two)", "01" + "06000000" + "02000000" + POLYGON + POLYGON, MultiPolygon.class),
                new Row("GEOMETRYCOLLECTION EMPTY", EMPTY, GeometryCollection.class),
                new Row(
                        "SRID=4326;GEOMETRYCOLLECTION M (POINT M (1 2 3))",
                        "01" + "07000060" + SRID + "01000000" + "01" + "01000040" + D1 + D2 + D3,
                        GeometryCollection.class),
                new Row(
                        "GEOMETRYCOLLECTION(all)",
                        "01" + "07000000" + "04000000" + POINT + LINE + POLYGON + EMPTY,
                        GeometryCollection.class));
    }
}
