// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.auth.ChannelBinding;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * What the connection itself does for the safety of a login.
 *
 * @param isProtected whether nobody between here and the server can listen: TLS, GSSAPI, a Unix socket, or loopback (X35)
 * @param isEncrypted whether that is by TLS
 * @param isVerified whether it is certain besides who is at the other end, so that a token may be shown (S2.11.11)
 * @param isGss whether that is by GSSAPI, which has told each who the other is
 * @param endPointHash what names the server's certificate; null without TLS, or where the certificate does not say by which hash
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
public record Line(
        boolean isProtected, boolean isEncrypted, boolean isVerified, boolean isGss, byte @Nullable [] endPointHash) {

    /** Anybody on the way may listen. */
    public static final Line OPEN = new Line(false, false, false, false, null);

    /** It does not leave this machine. */
    public static final Line LOCAL = new Line(true, false, false, false, null);

    /** Encrypted by GSSAPI, to the server that Kerberos knows by that name. */
    public static final Line GSS = new Line(true, false, false, true, null);

    /** TLS, to the server with that certificate, or without one. */
    public static Line encrypted(@Nullable X509Certificate certificate, boolean isVerified) {
        return new Line(
                true, true, isVerified, false, certificate == null ? null : ChannelBinding.endPointHash(certificate));
    }
}
