// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import static io.r2dbc.pgxc.wire.Decoding.phaseOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationGssContinue;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationMd5Password;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSaslContinue;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSaslFinal;
import io.r2dbc.pgxc.wire.BackendMessage.BackendKeyData;
import io.r2dbc.pgxc.wire.BackendMessage.Column;
import io.r2dbc.pgxc.wire.BackendMessage.RowDescription;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Byte fields are as long as a constant, an earlier field or the message says, whatever is in them. */
class BytesTest {

    private static final Octets ANYTHING = Octets.hex("00 00 FF 0A 00");

    @Test
    @DisplayName("[S4.3] a constant: the salt has four bytes, zeros among them, and no other number")
    void constant() {
        Octets salt = Octets.hex("00 01 00 FF");
        Octets request = Octets.join(Octets.hex("52 0000000C 00000005"), salt);
        assertThat(Octets.of(read(request, AuthenticationMd5Password.class).salt()))
                .isEqualTo(salt);
        Octets three = Octets.hex("52 0000000B 00000005 000100");
        assertThatThrownBy(() -> phaseOf(three).feed(three)).isInstanceOf(ProtocolException.class);
    }

    @Test
    @DisplayName(
            "[S4.3] an earlier field: a value has the bytes that its length says, and the next one begins behind them")
    void earlierField() {
        Octets row = BackendEncoder.row(List.of(ANYTHING, Octets.NONE, Octets.of("x")));
        assertThat(row).isEqualTo(Octets.hex("44 00000018 0003 00000005 0000FF0A00 00000000 00000001 78"));
        Decoding decoding = phaseOf(row);
        decoding.feed(row);
        assertThat(decoding.sink.delivered).containsExactly(row);
    }

    @Test
    @DisplayName("[S4.3] the message's length: what is left of it is the data, and nothing of the next message")
    void messageLength() {
        for (int code : new int[] {8, 11, 12}) {
            Octets message = Octets.join(Octets.hex("52 0000000D 000000" + String.format("%02X", code)), ANYTHING);
            Decoding decoding = phaseOf(message);
            decoding.feed(Octets.join(message, Octets.hex("52")));
            assertThat(data(decoding.sink.only(BackendMessage.class))).isEqualTo(ANYTHING);
        }
        Octets key = Octets.join(Octets.hex("4B 0000000D 00000001"), ANYTHING);
        assertThat(Octets.of(read(key, BackendKeyData.class).secretKey())).isEqualTo(ANYTHING);
    }

    private static Octets data(BackendMessage message) {
        if (message instanceof AuthenticationGssContinue gss) {
            return Octets.of(gss.data());
        }
        return message instanceof AuthenticationSaslContinue sasl
                ? Octets.of(sasl.data())
                : Octets.of(((AuthenticationSaslFinal) message).data());
    }

    @Test
    @DisplayName("[S5.4.5] a column may be computed or of the system, of any width, with any modifier or none")
    void columns() {
        List<Column> columns = List.of(
                new Column("computed", 0, 0, 25, -1, -1, (short) 0),
                new Column("ctid", 16_384, -1, 27, 6, -1, (short) 0),
                new Column("c string", 16_384, 3, 2275, -2, -1, (short) 0),
                new Column("varchar(10)", 16_384, 4, 1043, -1, 14, (short) 0),
                new Column("huge oids", -1, 1600, -2, Short.MAX_VALUE, Integer.MIN_VALUE, (short) 1));
        Octets encoded = BackendEncoder.encode(new RowDescription(columns));
        assertThat(read(encoded, RowDescription.class).columns()).isEqualTo(columns);
    }

    private static <M extends BackendMessage> M read(Octets message, Class<M> kind) {
        Decoding decoding = phaseOf(message);
        decoding.feed(message);
        return decoding.sink.only(kind);
    }
}
