// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import java.nio.ByteBuffer;

/** What a script does about encryption by GSSAPI. */
public final class GssSteps {

    private GssSteps() {}

    /** Reads the request; the answer is up to the next steps. */
    public static Script request(Script script) {
        return script.add("expect GSSENCRequest", peer -> {
            ClientMessage packet = Script.first(peer);
            if (!(packet instanceof ClientMessage.GssEncRequest)) {
                throw new AssertionError("expected GSSENCRequest, got " + packet);
            }
        });
    }

    /** Reads the request and agrees to it; the tokens are up to the next steps. */
    public static Script agree(Script script) {
        return request(script).sendRaw((byte) 'G');
    }

    /** Reads the request, agrees to it, and lets the tokens pass; everything that follows is in packets. */
    public static Script accept(Script script, ToyGss gss) {
        return agree(script).add("GSSAPI", peer -> peer.startGss(gss, false));
    }

    /** The same, and every byte of the packets that follow is sent by itself. */
    public static Script acceptSliced(Script script, ToyGss gss) {
        return agree(script).add("GSSAPI", peer -> peer.startGss(gss, true));
    }

    /** Reads the client's token of that round. */
    public static Script token(Script script, int round) {
        Octets expected = packet(ToyGss.clientToken(round));
        return script.add("expect token " + round, peer -> {
            Octets read = peer.readRaw(expected.size());
            if (!read.equals(expected)) {
                throw new AssertionError("expected " + expected + ", got " + read);
            }
        });
    }

    /** The tokens have passed: everything that follows is in packets. */
    public static Script inPackets(Script script) {
        return script.add("GSSAPI", peer -> peer.startGss(new ToyGss(0), false));
    }

    /** Sends bytes past the encryption. */
    public static Script sendBelow(Script script, Octets octets) {
        return script.add("send below GSSAPI", peer -> peer.writeBelow(octets));
    }

    public static Octets length(int length) {
        return Octets.of(ByteBuffer.allocate(4).putInt(length).array());
    }

    /** Bytes behind their length. */
    public static Octets packet(byte... bytes) {
        return Octets.join(length(bytes.length), Octets.of(bytes));
    }
}
