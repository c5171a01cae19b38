// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.wire.FrontendMessage.Bare;
import io.r2dbc.pgxc.wire.FrontendMessage.Bind;
import io.r2dbc.pgxc.wire.FrontendMessage.Execute;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Bind and Execute that are encoded but for the values")
class BindAndExecuteTest {

    private static final short[] BINARY = {1};
    private static final short[] MIXED = {0, 1, 1};

    @ParameterizedTest(name = "portal \"{0}\", statement \"{1}\", {2} formats, {3} rows")
    @CsvSource({"'',pgxc_1,0,0", "cursor,pgxc_12,1,100", "'','',3,0", "über,ß,1,7"})
    @DisplayName("[S2.3.6, S2.3.9] are the two messages, again and again")
    void areTheTwoMessages(String portal, String statement, int formatCount, int maxRows) {
        short[] formats = formatCount == 0 ? new short[0] : formatCount == 1 ? BINARY : MIXED;
        ByteBuf written = Unpooled.buffer();
        BindAndExecute execution = new BindAndExecute(portal, statement, formats, maxRows, written);
        ByteBuf expected = Unpooled.buffer();
        for (String value : new String[] {"", "one", "a longer one"}) {
            execution.write(written, new OneText(value));
            new Bind(portal, statement, new OneText(value), formats).writeTo(expected);
            new Execute(portal, maxRows).writeTo(expected);
        }
        assertThat(Octets.of(written)).isEqualTo(Octets.of(expected));
    }

    @Test
    @DisplayName("[S1.1.6] leave nothing of themselves behind where a value fails")
    void failingValue() {
        ByteBuf out = Unpooled.buffer();
        Bare.SYNC.writeTo(out);
        BindValues failing = new OneText("") {
            @Override
            public boolean write(int index, ByteBuf buffer) {
                buffer.writeZero(3);
                throw new IllegalStateException("half way");
            }
        };
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> new BindAndExecute("", "pgxc_1", BINARY, 0, out).write(out, failing));
        assertThat(Octets.of(out)).isEqualTo(Octets.hex("53 00000004"));
    }

    private static class OneText implements BindValues {

        private final String value;

        OneText(String value) {
            this.value = value;
        }

        @Override
        public int count() {
            return 1;
        }

        @Override
        public boolean isBinary(int index) {
            return false;
        }

        @Override
        public boolean write(int index, ByteBuf out) {
            out.writeCharSequence(value, StandardCharsets.UTF_8);
            return true;
        }
    }
}
