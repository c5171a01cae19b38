// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import io.r2dbc.pgxc.wire.BackendEncoder;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSasl;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSaslContinue;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSaslFinal;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The server's side of one SCRAM-SHA-256 login (RFC 5802), written against the JDK's own key stretching and not against the driver's.
 *
 * <p>Takes the client's two messages and has an answer to each: a challenge, and a signature or the refusal that a server sends.
 */
public final class ScramServer {

    private static final byte[] SALT = "a salt of a test".getBytes(StandardCharsets.US_ASCII);

    private final String password;
    private final int iterations;
    private String mechanism = "SCRAM-SHA-256";
    private String header = "n,,";
    private byte[] bound = {};
    private String clientFirstBare = "";
    private String serverFirst = "";
    private boolean proved;
    private byte[] signature = {};

    public ScramServer(String password, int iterations) {
        this.password = password;
        this.iterations = iterations;
    }

    /** The offer: SCRAM-SHA-256, behind something nobody knows. */
    public static Octets offer() {
        return offer("SCRAM-OF-THE-FUTURE", "SCRAM-SHA-256");
    }

    public static Octets offer(String... mechanisms) {
        return BackendEncoder.encode(new AuthenticationSasl(List.of(mechanisms)));
    }

    /** From now on the client must bind to the certificate with that hash. */
    public ScramServer boundTo(byte[] certificateHash) {
        mechanism = "SCRAM-SHA-256-PLUS";
        bound = certificateHash.clone();
        return expecting("p=tls-server-end-point,,");
    }

    /** From now on the client must say that about the channel. */
    public ScramServer expecting(String gs2Header) {
        header = gs2Header;
        return this;
    }

    /** Takes SASLInitialResponse. */
    public void hearFirst(ClientMessage.Authentication message) {
        if (!message.mechanism().equals(mechanism)) {
            throw new AssertionError("the client chose " + message.mechanism());
        }
        String first = message.initialResponse();
        if (!first.startsWith(header + "n=,r=")) {
            throw new AssertionError("client-first is " + first);
        }
        clientFirstBare = first.substring(header.length());
    }

    public Octets challenge() {
        String nonce = clientFirstBare.substring("n=,r=".length());
        serverFirst = "r=" + nonce + "server's,s=" + Base64.getEncoder().encodeToString(SALT) + ",i=" + iterations;
        return challenge(serverFirst);
    }

    public static Octets challenge(String serverFirst) {
        return BackendEncoder.encode(new AuthenticationSaslContinue(serverFirst.getBytes(StandardCharsets.US_ASCII)));
    }

    /** Takes SASLResponse and finds out whether it proves knowledge of the password. */
    public void hearProof(ClientMessage.Authentication message) {
        String last = message.body().text();
        int split = last.lastIndexOf(",p=");
        String everything = clientFirstBare + "," + serverFirst + "," + last.substring(0, split);
        byte[] salted = salted();
        byte[] storedKey = sha256(hmac(salted, "Client Key"));
        byte[] clientKey = Base64.getDecoder().decode(last.substring(split + 3));
        byte[] mask = hmac(storedKey, everything);
        for (int i = 0; i < clientKey.length; i++) {
            clientKey[i] ^= mask[i];
        }
        proved = last.startsWith("c=" + channel() + ",") && MessageDigest.isEqual(sha256(clientKey), storedKey);
        signature = hmac(hmac(salted, "Server Key"), everything);
    }

    /** SASLFinal with our own proof, or the error of a server that was not convinced. */
    public Octets verdict() {
        return proved
                ? last("v=" + Base64.getEncoder().encodeToString(signature))
                : ServerMessages.fatal("28P01", "password authentication failed for user");
    }

    public static Octets last(String serverFinal) {
        return BackendEncoder.encode(new AuthenticationSaslFinal(serverFinal.getBytes(StandardCharsets.US_ASCII)));
    }

    public boolean isConvinced() {
        return proved;
    }

    private String channel() {
        byte[] start = header.getBytes(StandardCharsets.US_ASCII);
        byte[] whole = Arrays.copyOf(start, start.length + bound.length);
        System.arraycopy(bound, 0, whole, start.length, bound.length);
        return Base64.getEncoder().encodeToString(whole);
    }

    private byte[] salted() {
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(password.toCharArray(), SALT, iterations, 256))
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
