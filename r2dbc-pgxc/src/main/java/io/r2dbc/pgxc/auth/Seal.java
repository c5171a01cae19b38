// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import org.ietf.jgss.MessageProp;

/** Tells whether GSSAPI did to one packet all that was asked for. */
final class Seal {

    private static final int USUAL_QUALITY = 0;

    final MessageProp property = new MessageProp(USUAL_QUALITY, true);

    byte[] checked(byte[] packet) {
        if (!property.getPrivacy()) {
            throw AuthenticationException.violated("A packet of GSSAPI is not encrypted");
        }
        if (property.isDuplicateToken() || property.isOldToken() || property.isUnseqToken() || property.isGapToken()) {
            throw AuthenticationException.violated("A packet of GSSAPI is not the one that comes next");
        }
        return packet;
    }
}
