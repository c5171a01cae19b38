// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What a SCRAM client says about the channel it speaks through: the GS2 header, and the bytes that name the channel.
 */
final class ChannelBinding {

    /** There is no TLS, or binding is switched off. */
    static final ChannelBinding NONE = new ChannelBinding("n,,", new byte[0]);

    /** We could bind, but the server did not offer to; a server that did knows by this that somebody removed its offer. */
    static final ChannelBinding NOT_OFFERED = new ChannelBinding("y,,", new byte[0]);

    private final String header;
    private final byte[] data;

    private ChannelBinding(String header, byte[] data) {
        this.header = header;
        this.data = data;
    }

    /** Binds to the certificate whose hash this is (RFC 5929). */
    static ChannelBinding serverEndPoint(byte[] certificateHash) {
        if (certificateHash.length == 0) {
            throw new IllegalArgumentException("Channel binding without data binds to nothing");
        }
        return new ChannelBinding("p=tls-server-end-point,,", certificateHash.clone());
    }

    String header() {
        return header;
    }

    /** The value of the attribute {@code c}. */
    String encoded() {
        byte[] start = header.getBytes(StandardCharsets.US_ASCII);
        byte[] both = new byte[start.length + data.length];
        System.arraycopy(start, 0, both, 0, start.length);
        System.arraycopy(data, 0, both, start.length, data.length);
        return Base64.getEncoder().encodeToString(both);
    }
}
