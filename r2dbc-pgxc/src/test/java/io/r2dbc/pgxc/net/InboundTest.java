// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.r2dbc.pgxc.testing.StandingAsserts;
import java.lang.reflect.Proxy;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(StandingAsserts.class)
final class InboundTest {

    private static final ByteBufAllocator ALLOCATOR = ByteBufAllocator.DEFAULT;

    private final Inbound inbound = new Inbound();

    @AfterEach
    void release() {
        inbound.end();
    }

    @Test
    @DisplayName("what is held at the end of the session, and what still arrives behind it, is released")
    void endReleases() {
        ByteBuf held = bytes(1, 2);
        inbound.add(held, ALLOCATOR);
        inbound.end();
        ByteBuf late = bytes(3);
        inbound.add(late, ALLOCATOR);
        assertThat(held.refCnt()).isZero();
        assertThat(late.refCnt()).isZero();
        assertThat(inbound.bytes().isReadable()).isFalse();
    }

    @Test
    @DisplayName("what arrives becomes the buffer as it is, uncopied, where nothing was left over")
    void takesOwnership() {
        ByteBuf first = bytes(1, 2, 3);
        inbound.add(first, ALLOCATOR);
        assertThat(inbound.bytes()).isSameAs(first);
        first.skipBytes(3);
        ByteBuf second = bytes(4);
        inbound.add(second, ALLOCATOR);
        assertThat(inbound.bytes()).isSameAs(second);
        assertThat(first.refCnt()).isZero();
    }

    @Test
    @DisplayName("[S1.1.4] what was left over is joined with what arrives, in order")
    void joins() {
        inbound.add(bytes(1, 2, 3), ALLOCATOR);
        inbound.bytes().skipBytes(2);
        ByteBuf next = bytes(4, 5);
        inbound.add(next, ALLOCATOR);
        assertThat(next.refCnt()).isZero();
        assertThat(drained()).isEqualTo(new byte[] {3, 4, 5});
    }

    @Test
    @DisplayName(
            "[S1.1.4] only the rest of a message that was left over is copied, and what arrived comes next as it is")
    void copiesTheRestOnly() {
        inbound.add(bytes('D', 0, 0), ALLOCATOR);
        ByteBuf arrived = bytes(0, 6, 1, 2, 'C', 0, 0, 0, 4);
        inbound.add(arrived, ALLOCATOR);
        assertThat(drained()).isEqualTo(new byte[] {'D', 0, 0, 0, 6, 1, 2});
        assertThat(inbound.moveOn()).isTrue();
        assertThat(inbound.bytes()).isSameAs(arrived);
        assertThat(drained()).isEqualTo(new byte[] {'C', 0, 0, 0, 4});
        assertThat(inbound.moveOn()).isFalse();
    }

    @Test
    @DisplayName("[S1.1.4, A17] what arrives before the first of two buffers has been read is joined behind both")
    void joinsThree() {
        inbound.add(bytes('D', 0, 0, 0), ALLOCATOR);
        ByteBuf second = bytes(5, 1, 'C', 0);
        inbound.add(second, ALLOCATOR);
        ByteBuf third = bytes(0, 0, 4);
        inbound.add(third, ALLOCATOR);
        assertThat(drained()).isEqualTo(new byte[] {'D', 0, 0, 0, 5, 1, 'C', 0, 0, 0, 4});
        assertThat(second.refCnt()).isZero();
        assertThat(third.refCnt()).isZero();
        assertThat(inbound.moveOn()).isFalse();
    }

    @Test
    @DisplayName(
            "[S8.3] both buffers are released at the end of the session, and both are thrown away where nobody reads"
                    + " on")
    void endReleasesBoth() {
        inbound.add(bytes('D', 0, 0, 0), ALLOCATOR);
        ByteBuf second = bytes(5, 1, 'C', 0);
        inbound.add(second, ALLOCATOR);
        inbound.skip();
        assertThat(drained()).isEmpty();
        inbound.add(bytes('D', 0, 0, 0), ALLOCATOR);
        ByteBuf last = bytes(5, 1, 'C', 0);
        inbound.add(last, ALLOCATOR);
        inbound.end();
        assertThat(second.refCnt()).isZero();
        assertThat(last.refCnt()).isZero();
    }

    @Test
    @DisplayName("[S8.3] what arrives is released where there is no memory to join it with what was left over")
    void noMemory() {
        ByteBufAllocator empty = (ByteBufAllocator) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ByteBufAllocator.class}, (proxy, method, arguments) -> {
                    throw new OutOfMemoryError("none left");
                });
        inbound.add(ALLOCATOR.buffer(3, 3).writeBytes(new byte[] {'D', 0, 0}), ALLOCATOR);
        ByteBuf arrived = bytes(0, 6, 1, 2, 'C');
        assertThatThrownBy(() -> inbound.add(arrived, empty)).isInstanceOf(OutOfMemoryError.class);
        assertThat(arrived.refCnt()).isZero();
    }

    @Test
    @DisplayName(
            "[S8.3, A2] it grows with what has arrived, to less than four times that, whatever lengths were announced")
    void growsWithWhatArrives() {
        int arrived = 0;
        for (int i = 0; i < 2_000; i++) {
            inbound.add(ALLOCATOR.buffer(16, 16).writeZero(16), ALLOCATOR);
            arrived += 16;
            assertThat(inbound.bytes().capacity()).isLessThanOrEqualTo(Math.max(1024, 4 * arrived));
        }
        assertThat(inbound.bytes().readableBytes()).isEqualTo(arrived);
    }

    @Test
    @DisplayName("memory is given back as soon as nothing is left in it, and not before")
    void trims() {
        ByteBuf only = bytes(1);
        inbound.add(only, ALLOCATOR);
        inbound.trim();
        assertThat(only.refCnt()).isOne();
        only.skipBytes(1);
        inbound.trim();
        assertThat(only.refCnt()).isZero();
        assertThat(inbound.bytes().isReadable()).isFalse();
    }

    @Test
    @DisplayName("[A17, S8.3] any cutting of a stream into arrivals and any reading between them yields the same bytes")
    void randomCuts() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte next = 0;
        byte expected = 0;
        for (int i = 0; i < 5_000; i++) {
            ByteBuf arrived = ALLOCATOR.buffer();
            for (int n = 1 + random.nextInt(300); n > 0; n--) {
                arrived.writeByte(next++);
            }
            inbound.add(arrived, ALLOCATOR);
            for (int n = random.nextInt(inbound.bytes().readableBytes() + 1); n > 0; n--) {
                assertThat(inbound.bytes().readByte()).as("seed %d", seed).isEqualTo(expected++);
            }
            inbound.moveOn();
            if (random.nextBoolean()) {
                inbound.trim();
            }
        }
    }

    private byte[] drained() {
        byte[] all = new byte[inbound.bytes().readableBytes()];
        inbound.bytes().readBytes(all);
        return all;
    }

    private static ByteBuf bytes(int... values) {
        ByteBuf buffer = ALLOCATOR.buffer();
        for (int value : values) {
            buffer.writeByte(value);
        }
        return buffer;
    }
}
