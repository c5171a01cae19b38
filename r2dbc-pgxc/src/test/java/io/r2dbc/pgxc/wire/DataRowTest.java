// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("DataRow")
class DataRowTest {

    private final DataRow row = new DataRow();

    @Test
    @DisplayName("[S5.4.1] a value, an empty value and NULL are three things")
    void goldenRow() {
        moveTo(Octets.hex("00 03 00 00 00 01 31 00 00 00 00 FF FF FF FF"));
        assertThat(row.columnCount()).isEqualTo(3);
        assertThat(row.isNull(0)).isFalse();
        assertThat(row.length(0)).isEqualTo(1);
        assertThat(row.buffer().getByte(row.offset(0))).isEqualTo((byte) '1');
        assertThat(row.isNull(1)).isFalse();
        assertThat(row.length(1)).isZero();
        assertThat(row.isNull(2)).isTrue();
        assertThat(row.length(2)).isEqualTo(DataRow.NULL);
    }

    @Test
    @DisplayName("[A10, S4.4] a row may have 65535 columns, and the next one none")
    void manyColumns() {
        List<Octets> values = new ArrayList<>();
        for (int i = 0; i < 65_535; i++) {
            values.add(Octets.of("v" + i));
        }
        Octets message = BackendEncoder.row(values);
        moveTo(message.slice(5, message.size()));
        assertThat(row.columnCount()).isEqualTo(65_535);
        assertThat(Octets.of(row.buffer().slice(row.offset(65_534), row.length(65_534))))
                .isEqualTo(Octets.of("v65534"));

        moveTo(Octets.hex("0000"));
        assertThat(row.columnCount()).isZero();
    }

    @ParameterizedTest(name = "[A8, S8.9] {0}")
    @CsvSource({
        "0001 FFFFFFFE, column 0 has length -2 with 0 bytes left",
        "0001 80000000, column 0 has length -2147483648",
        "0001 7FFFFFFF, column 0 has length 2147483647",
        "0001 7FFFFFFB 00, column 0 has length 2147483643 with 1 bytes left",
        "0001 00000001, column 0 has length 1 with 0 bytes left",
        "0001 00000002 31, column 0 has length 2 with 1 bytes left",
        "0002 00000005 31 FFFFFFFF, the body ends inside a field",
        "0002 00000001 31 000000, the body ends inside a field",
        "0002 FFFFFFFF 00000001, column 1 has length 1 with 0 bytes left"
    })
    @DisplayName("[A8, S8.9] a value length below -1 or beyond the row is refused, and never reads into what follows")
    void impossibleLengths(String body, String why) {
        refused(Octets.hex(body), why);
    }

    @Test
    @DisplayName("[A8, S8.9] a negative length does not lead back to bytes before the row that would make it whole")
    void lengthLeadsBack() {
        Octets before = Octets.hex("0000000A");
        Octets body = Octets.hex("0002 FFFFFFF6 00000000");
        ByteBuf buffer = Octets.join(before, body).buffer();
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> row.moveTo(buffer, before.size(), body.size()))
                .withMessageContaining("column 0 has length -10");
    }

    @ParameterizedTest(name = "[A10, S8.8, S8.10] {0}")
    @CsvSource({
        "'', the body ends inside a field",
        "00, the body ends inside a field",
        "FFFF00, count 65535 does not fit the 1 bytes that follow",
        "8000, count 32768 does not fit the 0 bytes that follow",
        "0001, count 1 does not fit the 0 bytes that follow",
        "0000 00, 1 bytes are left over",
        "0001 FFFFFFFF 00, 1 bytes are left over",
        "0001 00000001 31 32, 1 bytes are left over"
    })
    @DisplayName("[A10, S8.8, S8.10] a count that does not fit, or bytes left over, are refused")
    void impossibleCounts(String body, String why) {
        refused(Octets.hex(body), why);
    }

    @Test
    @DisplayName("[A8] a refused row shows nothing, not even the row before it")
    void refusedRowShowsNothing() {
        moveTo(Octets.hex("0001 00000001 31"));
        refused(Octets.hex("0001 00000002 31"), "column 0");
        assertThat(row.columnCount()).isZero();
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> row.length(0));
    }

    @Test
    @DisplayName("a column that the row does not have is an index out of bounds, whatever rows were before")
    void columnsOutOfBounds() {
        moveTo(Octets.hex("0002 00000001 31 00000001 32"));
        moveTo(Octets.hex("0001 00000001 33"));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> row.offset(1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> row.isNull(-1));
    }

    @Test
    @DisplayName("a copied body outlives its buffer and is the same row")
    void copiedBody() {
        Octets body = Octets.hex("0002 00000002 3132 FFFFFFFF");
        moveTo(body);
        byte[] copy = row.copyBody();
        row.buffer().setZero(0, row.buffer().capacity());

        row.moveTo(Unpooled.wrappedBuffer(copy), 0, copy.length);
        assertThat(copy).isEqualTo(body.bytes());
        assertThat(Octets.of(row.buffer().slice(row.offset(0), row.length(0)))).isEqualTo(Octets.of("12"));
        assertThat(row.isNull(1)).isTrue();
    }

    /** Places the body somewhere in a buffer, with bytes around it that look like more of the same. */
    private void moveTo(Octets body) {
        ByteBuf buffer = Unpooled.buffer().writeZero(3).writeBytes(body.bytes()).writeZero(64);
        row.moveTo(buffer, 3, body.size());
    }

    private void refused(Octets body, String why) {
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> moveTo(body))
                .withMessageStartingWith("'D' DataRow: " + why);
    }
}
