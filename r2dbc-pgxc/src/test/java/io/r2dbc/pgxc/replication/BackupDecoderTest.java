// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.r2dbc.pgxc.wire.Octets;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("CopyData of a base backup")
class BackupDecoderTest {

    private final BackupDecoder decoder = new BackupDecoder();

    private BackupPart read(String hex) {
        return read(Octets.hex(hex));
    }

    private BackupPart read(Octets payload) {
        ByteBuf in = Octets.join(Octets.hex("FF"), payload, Octets.hex("00FF00FF00FF00FF"))
                .buffer();
        return decoder.read(in, 1, payload.size());
    }

    @Test
    @DisplayName("[S3.20] archive, data, progress, manifest")
    void parts() {
        assertThat(read("6E 626173652E74617200 00")).isEqualTo(new BackupPart.Archive("base.tar", ""));
        assertThat(read("6E 312E74617200 2F7300")).isEqualTo(new BackupPart.Archive("1.tar", "/s"));
        assertThat(Octets.of(((BackupPart.Data) read("64 0102")).data())).isEqualTo(Octets.hex("0102"));
        assertThat(Octets.of(((BackupPart.Data) read("64")).data())).isEqualTo(Octets.NONE);
        assertThat(read("70 0000000100000000")).isEqualTo(new BackupPart.Progress(1L << 32));
        assertThat(read("6D")).isEqualTo(new BackupPart.Manifest());
        assertThat(read("64 7B")).isInstanceOf(BackupPart.Data.class);
    }

    @ParameterizedTest(name = "[S3.20] {0}")
    @CsvSource({
        "'', it is empty",
        "64 00, data came before any archive had begun",
        "78, nothing has type 0x78",
        "6E, a string has no terminator",
        "6E 61, a string has no terminator",
        "6E 6100, a string has no terminator",
        "6E 6100 62, a string has no terminator",
        "6E 6100 6200 00, 1 bytes are left over",
        "6D 00, 1 bytes are left over",
        "70 00000001000000, it ends inside a field",
        "70 000000010000000000, 1 bytes are left over"
    })
    @DisplayName("[S3.20] what is none of them is refused")
    void malformed(String payload, String why) {
        assertThatExceptionOfType(ReplicationFormatException.class)
                .isThrownBy(() -> read(payload))
                .withMessageContaining(why)
                .withMessageContaining("CopyData of a base backup");
    }

    @Test
    @DisplayName("[S3.20] random bytes are read or refused")
    void randomBytes() {
        Random random = new Random(20_261_128);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            try {
                read(Octets.of(bytes));
            } catch (ReplicationFormatException expected) {
                assertThat(expected).hasMessageStartingWith("Malformed ");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 31, 1_048_577})
    @DisplayName("[S3.21] a rate that no server takes is refused by name and value")
    void rate(int kilobytes) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BackupOptions.create().maxRate(kilobytes))
                .withMessage("maxRate " + kilobytes + " is not 0 or one of 32 to 1048576");
    }
}
