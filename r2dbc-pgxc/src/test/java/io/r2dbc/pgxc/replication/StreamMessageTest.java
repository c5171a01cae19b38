// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.replication.StandbyMessage.HotStandbyFeedback;
import io.r2dbc.pgxc.replication.StandbyMessage.PrimaryStatusRequest;
import io.r2dbc.pgxc.replication.StandbyMessage.StatusUpdate;
import io.r2dbc.pgxc.replication.StreamMessage.Keepalive;
import io.r2dbc.pgxc.replication.StreamMessage.PrimaryStatus;
import io.r2dbc.pgxc.value.Lsn;
import io.r2dbc.pgxc.wire.Octets;
import java.time.Instant;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Messages inside CopyData of a replication stream")
class StreamMessageTest {

    private static final Instant ONE_SECOND = Instant.parse("2000-01-01T00:00:01Z");

    private static StreamMessage read(Octets payload) {
        ByteBuf in = Octets.join(Octets.hex("FF"), payload, Octets.hex("FFFFFFFFFFFFFFFF"))
                .buffer();
        return StreamMessage.read(in, 1, payload.size());
    }

    @Test
    @DisplayName("[S3.6, S3.16, S3.17] WALData: start, end of the server's log, time, and bytes to the end")
    void walData() {
        WalData wal = (WalData) read(Octets.hex("77 0000000001000000 0000000001000010 00000000000F4240 010203"));
        assertThat(wal.start()).isEqualTo(Lsn.parse("0/1000000"));
        assertThat(wal.walEnd()).isEqualTo(Lsn.parse("0/1000010"));
        assertThat(wal.serverTime()).isEqualTo(ONE_SECOND);
        assertThat(Octets.of(wal.data())).isEqualTo(Octets.hex("010203"));
        assertThat(wal.end()).isEqualTo(Lsn.parse("0/1000003"));
    }

    @Test
    @DisplayName("[S3.17] a detached piece outlives the buffer it was read from")
    void detached() {
        ByteBuf in = Octets.hex("77 0000000001000000 0000000001000010 00000000000F4240 010203")
                .buffer();
        WalData wal = ((WalData) StreamMessage.read(in, 0, in.readableBytes())).detached();
        in.setZero(0, in.capacity());
        assertThat(Octets.of(wal.data())).isEqualTo(Octets.hex("010203"));
        assertThat(Octets.of(((WalData) read(Octets.hex("77 0000000001000000 0000000001000010 00000000000F4240")))
                        .detached()
                        .data()))
                .isEqualTo(Octets.NONE);
    }

    @Test
    @DisplayName("[S3.14] keepalive, with and without a wish for an answer")
    void keepalive() {
        assertThat(read(Octets.hex("6B 0000000001000000 00000000000F4240 01")))
                .isEqualTo(new Keepalive(new Lsn(0x0100_0000), ONE_SECOND, true));
        assertThat(read(Octets.hex("6B 0000000001000000 00000000000F4240 00")))
                .isEqualTo(new Keepalive(new Lsn(0x0100_0000), ONE_SECOND, false));
    }

    @Test
    @DisplayName("[S3.6] primary status update of PostgreSQL 19")
    void primaryStatus() {
        assertThat(read(Octets.hex("73 0000000001000000 0000000100000005 0000000100000009 00000000000F4240")))
                .isEqualTo(new PrimaryStatus(new Lsn(0x0100_0000), 0x1_0000_0005L, 0x1_0000_0009L, ONE_SECOND));
    }

    @ParameterizedTest(name = "[S3.17] {0}")
    @CsvSource({
        "'', CopyData in the replication stream: it is empty",
        "78 00, CopyData in the replication stream: no message has type 0x78",
        "72 00, no message has type 0x72",
        "77, WALData in the replication stream: it ends inside a field",
        "77 0000000001000000 0000000001000010 00000000000F42, WALData in the replication stream: it ends inside",
        "6B 0000000001000000 00000000000F4240, primary keepalive in the replication stream: it ends inside",
        "6B 0000000001000000 00000000000F4240 02, whether a reply is wanted is said by 2",
        "6B 0000000001000000 00000000000F4240 01 00, 1 bytes are left over",
        "73 0000000001000000 0000000100000005 0000000100000009, primary status update in the replication stream",
        "73 0000000001000000 0000000100000005 0000000100000009 00000000000F4240 00, 1 bytes are left over"
    })
    @DisplayName("[S3.17] what is none of them is refused by name")
    void malformed(String payload, String why) {
        assertThatExceptionOfType(ReplicationFormatException.class)
                .isThrownBy(() -> read(Octets.hex(payload)))
                .withMessageContaining(why);
    }

    @Test
    @DisplayName("[S3.6, S3.15] standby status update")
    void statusUpdate() {
        StatusUpdate update = new StatusUpdate(
                new Lsn(3), new Lsn(2), new Lsn(1), Instant.parse("2000-01-01T00:00:01.000002Z"), true);
        assertThat(written(update::writeTo))
                .isEqualTo(Octets.hex("72 0000000000000003 0000000000000002 0000000000000001 00000000000F4242 01"));
    }

    @Test
    @DisplayName("[S3.6] hot standby feedback, and the shorter one of servers before 10")
    void feedback() {
        HotStandbyFeedback feedback = new HotStandbyFeedback(ONE_SECOND, 0xFFFF_FFFFL, 1, 5, 0);
        assertThat(written(feedback::writeTo))
                .isEqualTo(Octets.hex("68 00000000000F4240 FFFFFFFF 00000001 00000005 00000000"));
        assertThat(written(feedback::writeShortTo)).isEqualTo(Octets.hex("68 00000000000F4240 FFFFFFFF 00000001"));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0x1_0000_0000L})
    @DisplayName("[S3.6] transaction ids that have no place in four bytes are refused")
    void noTransactionId(long xmin) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HotStandbyFeedback(ONE_SECOND, xmin, 0, 0, 0))
                .withMessage("xmin " + xmin + " is not one of 0 to 4294967295");
    }

    @Test
    @DisplayName("[S3.6] request for the primary's status")
    void statusRequest() {
        assertThat(written(new PrimaryStatusRequest(ONE_SECOND)::writeTo)).isEqualTo(Octets.hex("70 00000000000F4240"));
    }

    private static Octets written(Consumer<ByteBuf> message) {
        ByteBuf out = Unpooled.buffer();
        message.accept(out);
        return Octets.of(out);
    }
}
