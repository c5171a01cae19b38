// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static io.r2dbc.pgxc.Answers.done;
import static io.r2dbc.pgxc.Answers.firstSelected;
import static io.r2dbc.pgxc.Answers.prepared;
import static io.r2dbc.pgxc.Dialogue.begin;
import static io.r2dbc.pgxc.Dialogue.beginWithoutDemand;
import static io.r2dbc.pgxc.Dialogue.completed;
import static io.r2dbc.pgxc.Dialogue.counts;
import static io.r2dbc.pgxc.Dialogue.failed;
import static io.r2dbc.pgxc.testing.ServerMessages.error;
import static io.r2dbc.pgxc.testing.ServerMessages.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.IllegalReferenceCountException;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.ClientMessage.Bind;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.spi.Blob;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

/** Whose a bound Netty buffer is. */
@ExtendWith(StandingAsserts.class)
class BoundBufferTest {

    private static final int BYTEA = 17;
    private static final String INSERT = "insert into t values ($1)";
    private static final Octets BYTES = Octets.of((byte) 1, (byte) 2);

    private static ByteBuf buffer() {
        return ByteBufAllocator.DEFAULT
                .directBuffer()
                .writeBytes(new byte[] {9, 1, 2})
                .skipBytes(1);
    }

    private static Flux<Long> inserted(Dialogue dialogue, ByteBuf buffer) {
        return counts(
                dialogue.connection().createStatement(INSERT).bind(0, buffer).execute());
    }

    @Test
    @DisplayName("[X34] a bound buffer is the driver's from subscription, and executing again sends the same bytes")
    void takenOver() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(prepared(new int[] {BYTEA}), done("INSERT 0 1"), ready())
                .expect("B E S")
                .send(done("INSERT 0 1"), ready()))) {
            ByteBuf buffer = buffer();
            Flux<Long> insert = inserted(dialogue, buffer);
            assertThat(buffer.refCnt()).isOne();
            completed(begin(insert));
            assertThat(buffer.refCnt()).isZero();
            completed(begin(insert));
            assertThat(dialogue.said(Bind.class))
                    .extracting(bind -> bind.values().get(0))
                    .containsExactly(BYTES, BYTES);
        }
    }

    @Test
    @DisplayName(
            "[X34] it is released when the execution fails, is cancelled before its request, or cannot be prepared")
    void releasedOnEveryEnd() {
        try (Dialogue dialogue = Dialogue.of(script -> script.expect("P D B E S")
                .send(error("42P01", "no such table"), ready())
                .expect("P D B E S")
                .send(firstSelected("x")))) {
            ByteBuf failing = buffer();
            failed(begin(inserted(dialogue, failing)));
            ByteBuf unasked = buffer();
            beginWithoutDemand(inserted(dialogue, unasked)).cancel();
            ByteBuf unprepared = buffer();
            failed(begin(counts(dialogue.connection()
                    .createStatement("insert into t values ($1, $2)")
                    .bind(0, Blob.from(Flux.error(new IllegalStateException("broken pipe"))))
                    .bind(1, unprepared)
                    .execute())));
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
            assertThat(failing.refCnt()).isZero();
            assertThat(unasked.refCnt()).isZero();
            assertThat(unprepared.refCnt()).isZero();
        }
    }

    @Test
    @DisplayName("[X34] one that was released before fails the execution, and nothing is sent")
    void releasedBefore() {
        try (Dialogue dialogue =
                Dialogue.of(script -> script.expect("P D B E S").send(firstSelected("x")))) {
            ByteBuf buffer = buffer();
            Flux<Long> insert = inserted(dialogue, buffer);
            buffer.release();
            assertThat(failed(begin(insert))).isInstanceOf(IllegalReferenceCountException.class);
            assertThat(completed(begin(dialogue.select("select 'x'")))).containsExactly("x");
            assertThat(dialogue.sql()).containsExactly("select 'x'");
        }
    }
}
