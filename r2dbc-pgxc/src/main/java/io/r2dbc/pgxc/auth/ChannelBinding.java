// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a SCRAM client says about the channel it speaks through: the GS2 header, and the bytes that name the channel.
 */
public final class ChannelBinding {

    /** There is no TLS, or binding is switched off. */
    public static final ChannelBinding NONE = new ChannelBinding("n,,", new byte[0]);

    /** We could bind, but the server did not offer to; a server that did knows by this that somebody removed its offer. */
    public static final ChannelBinding NOT_OFFERED = new ChannelBinding("y,,", new byte[0]);

    private static final String PSS = "RSASSA-PSS";

    private final String header;
    private final byte[] data;

    private ChannelBinding(String header, byte[] data) {
        this.header = header;
        this.data = data;
    }

    /** Binds to the certificate whose hash this is (RFC 5929). */
    public static ChannelBinding serverEndPoint(byte[] certificateHash) {
        if (certificateHash.length == 0) {
            throw new IllegalArgumentException("Channel binding without data binds to nothing");
        }
        return new ChannelBinding("p=tls-server-end-point,,", certificateHash.clone());
    }

    /**
     * Returns the hash that names a server by its certificate (RFC 5929): that of the certificate's own signature, but SHA-256 in place of
     * MD5 and SHA-1. Null where the signature has no hash of its own, as with Ed25519: then nothing can be bound.
     */
    public static byte @Nullable [] endPointHash(X509Certificate certificate) {
        String hash = hash(certificate);
        if (hash == null) {
            return null;
        }
        try {
            return MessageDigest.getInstance(hash).digest(certificate.getEncoded());
        } catch (GeneralSecurityException unknown) {
            return null;
        }
    }

    private static @Nullable String hash(X509Certificate certificate) {
        String signature = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        if (signature.equals(PSS)) {
            return substituted(pssHash(certificate.getSigAlgParams()));
        }
        int with = signature.indexOf("WITH");
        return with < 0 ? null : substituted(signature.substring(0, with));
    }

    /** The names of signatures have no hyphen in that of their hash: SHA384withECDSA. */
    private static @Nullable String substituted(@Nullable String hash) {
        if (hash == null) {
            return null;
        }
        String name = hash.replace("-", "");
        return switch (name) {
            case "MD5", "SHA1" -> "SHA-256";
            case "SHA224", "SHA256", "SHA384", "SHA512" -> "SHA-" + name.substring(3);
            default -> null;
        };
    }

    private static @Nullable String pssHash(byte @Nullable [] encoded) {
        if (encoded == null) {
            return null;
        }
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance(PSS);
            parameters.init(encoded);
            AlgorithmParameterSpec spec = parameters.getParameterSpec(PSSParameterSpec.class);
            return spec instanceof PSSParameterSpec pss
                    ? pss.getDigestAlgorithm().toUpperCase(Locale.ROOT)
                    : null;
        } catch (GeneralSecurityException | IOException unreadable) {
            return null;
        }
    }

    /** Whether a certificate is bound to. */
    public boolean binds() {
        return data.length > 0;
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
