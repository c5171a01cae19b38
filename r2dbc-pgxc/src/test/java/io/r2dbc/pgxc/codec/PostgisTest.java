// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static io.r2dbc.pgxc.codec.EwkbCases.POINT;
import static io.r2dbc.pgxc.codec.Extensions.REGISTRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.Point;

class PostgisTest {

    private static final int OID = Extensions.oid("geometry");

    @ParameterizedTest(name = "[X30] {0}")
    @DisplayName("[X30] a geometry is a string of its digits, or its bytes, in both formats")
    @MethodSource("io.r2dbc.pgxc.codec.EwkbCases#rows")
    void readsBytes(EwkbCases.Row row) {
        byte[] bytes = Extensions.parse(row.hex());
        for (String name : List.of("geometry", "geography")) {
            int oid = Extensions.oid(name);
            assertThat(REGISTRY.defaultType(oid)).isEqualTo(String.class);
            assertThat(REGISTRY.readsBinary(oid)).isTrue();
            for (Class<?> target : List.of(String.class, Object.class)) {
                assertThat((Object) Extensions.text(oid, row.text(), target)).isEqualTo(row.text());
                assertThat((Object) Extensions.binary(oid, row.hex(), target)).isEqualTo(row.text());
            }
            assertThat(Extensions.text(oid, row.text(), byte[].class)).isEqualTo(bytes);
            assertThat(Extensions.binary(oid, row.hex(), byte[].class)).isEqualTo(bytes);
            assertThat((Object) Extensions.text(oid, row.text(), ByteBuffer.class))
                    .isEqualTo(ByteBuffer.wrap(bytes));
            assertThat((Object) Extensions.binary(oid, row.hex(), ByteBuffer.class))
                    .isEqualTo(ByteBuffer.wrap(bytes));
            assertThat(Extensions.hex(bytes, oid)).isEqualTo(row.hex());
            assertThat(Extensions.hex(ByteBuffer.wrap(bytes), oid)).isEqualTo(row.hex());
            assertThat(REGISTRY.encoding(row.text(), oid).format()).isEqualTo(Format.TEXT);
        }
    }

    @ParameterizedTest(name = "[G11, S8.31] ''{0}''")
    @DisplayName("[G11, S8.31] text that is no hexadecimal number is an error")
    @ValueSource(strings = {"0", "010", "0x", "zz", "01 ", "-1", "POINT(1 2)", "SRID=4326;01"})
    void refusesOtherText(String text) {
        for (Class<?> target : List.of(byte[].class, ByteBuffer.class, Geometry.class, Point.class)) {
            assertThatThrownBy(() -> Extensions.text(OID, text, target))
                    .isInstanceOf(ValueException.class)
                    .hasMessage("geometry (text): malformed value '" + text + "'");
        }
    }

    @Test
    @DisplayName("[X30] without JTS everything else works, and its classes are as unknown as any other")
    void worksWithoutJts() throws ReflectiveOperationException {
        assertThat(WithoutJts.ask(Point.class))
                .containsExactly(
                        POINT.toUpperCase(Locale.ROOT),
                        Extensions.parse(POINT),
                        POINT,
                        false,
                        "geometry (binary): no conversion to org.locationtech.jts.geom.Point");
        assertThat(WithoutJts.ask(String.class)).element(3).isEqualTo(true);
    }
}
