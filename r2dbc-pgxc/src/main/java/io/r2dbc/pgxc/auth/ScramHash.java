// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/**
 * The functions that SCRAM-SHA-256 is made of (RFC 5802, RFC 7677).
 *
 * <p>PBKDF2 is written out, because the JDK's takes characters and not bytes, and would normalise them in its own way.
 */
final class ScramHash {

    /** Bytes of a SHA-256 digest, and so of every key and signature here. */
    static final int LENGTH = 32;

    private static final byte[] FIRST_BLOCK = {0, 0, 0, 1};

    private ScramHash() {}

    /** Stretches the password: two compressions of SHA-256 per iteration, and the only costly step of all. */
    static byte[] salted(byte[] password, byte[] salt, int iterations) {
        Mac mac = mac(password);
        mac.update(salt);
        byte[] round = mac.doFinal(FIRST_BLOCK);
        byte[] result = round.clone();
        for (int i = 1; i < iterations; i++) {
            mac.update(round);
            into(mac, round);
            xor(result, round);
        }
        Arrays.fill(round, (byte) 0);
        return result;
    }

    static byte[] hmac(byte[] key, String message) {
        return mac(key).doFinal(message.getBytes(StandardCharsets.US_ASCII));
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw unavailable(e);
        }
    }

    static void xor(byte[] target, byte[] other) {
        for (int i = 0; i < target.length; i++) {
            target[i] ^= other[i];
        }
    }

    private static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new Key(key));
            return mac;
        } catch (GeneralSecurityException e) {
            throw unavailable(e);
        }
    }

    private static void into(Mac mac, byte[] target) {
        try {
            mac.doFinal(target, 0);
        } catch (GeneralSecurityException e) {
            throw unavailable(e);
        }
    }

    private static IllegalStateException unavailable(GeneralSecurityException cause) {
        return new IllegalStateException(
                "This JVM lacks SHA-256 or its HMAC, which every Java platform must have", cause);
    }

    /** Lends the caller's bytes, which stay the caller's to wipe: {@code SecretKeySpec} keeps a copy that nobody can, and takes no empty key. */
    private static final class Key implements SecretKey {

        @Serial
        private static final long serialVersionUID = 1L;

        private final transient byte[] bytes;

        Key(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public String getAlgorithm() {
            return "HmacSHA256";
        }

        @Override
        public String getFormat() {
            return "RAW";
        }

        @Override
        public byte[] getEncoded() {
            return bytes.clone();
        }
    }
}
