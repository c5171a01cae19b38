// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.wire.BackendDecoder.Step;

/** A decoder, its inbound buffer and its sink, as a session would hold them. */
final class Decoding {

    static final int UNLIMITED = Integer.MAX_VALUE;

    final RecordingSink sink = new RecordingSink();
    final BackendDecoder decoder;
    final ByteBuf in = Unpooled.buffer();

    private Decoding(int maxMessageSize) {
        decoder = new BackendDecoder(maxMessageSize);
        sink.onAuthenticated = decoder::authenticated;
    }

    static Decoding startup() {
        return new Decoding(UNLIMITED);
    }

    static Decoding session() {
        return session(UNLIMITED);
    }

    static Decoding session(int maxMessageSize) {
        Decoding decoding = new Decoding(maxMessageSize);
        decoding.decoder.authenticated();
        return decoding;
    }

    /** The phase in which a message of this type is legal. */
    static Decoding phaseOf(Octets message) {
        char type = (char) message.bytes()[0];
        return type == 'R' || type == 'v' ? startup() : session();
    }

    /** Takes in more bytes and decodes as far as it goes. */
    Step feed(Octets bytes) {
        in.writeBytes(bytes.bytes());
        return run();
    }

    Step run() {
        Step step = Step.DECODED;
        while (step == Step.DECODED) {
            step = decoder.decodeOne(in, sink);
        }
        return step;
    }

    void end() {
        decoder.endOfInput(in, sink);
    }
}
