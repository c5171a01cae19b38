// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The answer to AuthenticationMD5Password (protocol 48.2.1).
 *
 * <p>Its strength is that of MD5: whoever listens can guess passwords offline. It exists for servers that store nothing
 * better, Postgres-XC among them.
 */
public final class Md5Password {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PREFIX = "md5".getBytes(StandardCharsets.US_ASCII);

    private Md5Password() {}

    /**
     * Returns {@code md5} and the 32 hexadecimal digits, without the zero byte that ends a PasswordMessage.
     *
     * @param user the name as StartupMessage carried it, in the bytes it was sent in
     * @param password in the bytes it was set in; left as it is
     * @param salt the server's four bytes
     */
    public static byte[] answer(byte[] user, byte[] password, byte[] salt) {
        MessageDigest md5 = md5();
        md5.update(password);
        byte[] stored = hex(md5.digest(user));
        md5.update(stored);
        byte[] digits = hex(md5.digest(salt));
        // what the server stores is enough to log in with
        Arrays.fill(stored, (byte) 0);
        byte[] answer = Arrays.copyOf(PREFIX, PREFIX.length + digits.length);
        System.arraycopy(digits, 0, answer, PREFIX.length, digits.length);
        return answer;
    }

    private static byte[] hex(byte[] digest) {
        byte[] digits = new byte[2 * digest.length];
        for (int i = 0; i < digest.length; i++) {
            digits[2 * i] = HEX[(digest[i] >> 4) & 0xF];
            digits[2 * i + 1] = HEX[digest[i] & 0xF];
        }
        return digits;
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw AuthenticationException.refused(
                    "The server asks for an MD5 password, and this JVM is configured without MD5; use scram-sha-256");
        }
    }
}
