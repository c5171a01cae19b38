// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.wire.DataRow;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class QuestionTest {

    private static final int VALUE = 1 << 20;

    @Test
    @DisplayName("[X35] an answer without an end is not kept without an end, and says that it is not all")
    void keepsSoMuchOnly() {
        ByteBuf body = Unpooled.buffer().writeShort(1).writeInt(VALUE).writeZero(VALUE);
        DataRow row = new DataRow();
        row.moveTo(body, 0, body.readableBytes());
        Question question = new Question("SELECT", Done.NOBODY);
        question.onRow(row);
        assertThat(question.isCutShort()).isFalse();
        for (int i = 0; i < 500; i++) {
            question.onRow(row);
        }
        assertThat(question.isCutShort()).isTrue();
        assertThat(question.rows()).hasSizeLessThan(70);
    }
}
