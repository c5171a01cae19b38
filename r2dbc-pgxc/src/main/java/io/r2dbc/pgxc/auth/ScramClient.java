// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * One SCRAM-SHA-256 conversation, seen from the client (RFC 5802, RFC 7677; protocol 48.2.11).
 *
 * <p>The four messages are made and taken in order: {@link #clientFirst}, {@link #serverFirst}, {@link #clientFinal},
 * {@link #serverFinal}. Whatever the server says out of order, malformed or false is an {@link AuthenticationException},
 * after which nothing more can be got from this object; in particular no proof is made for a bad challenge.
 *
 * <p>Not thread-safe. {@link #clientFinal} may run on another thread than the rest, if it is handed over properly.
 */
public final class ScramClient {

    /** The name by which the server offers it. */
    public static final String MECHANISM = "SCRAM-SHA-256";

    /** The same, bound to the server's certificate; only where {@link ChannelBinding#serverEndPoint} is. */
    public static final String MECHANISM_PLUS = MECHANISM + "-PLUS";

    /** 192 random bits, and base64 without padding. */
    private static final int NONCE_BYTES = 24;

    /** The server accepts no longer message (S1.1.9); with a longer nonce ours could not be said. */
    private static final int MAX_CLIENT_FINAL = 1024;

    private static final SecureRandom RANDOM = new SecureRandom();

    private enum State {
        NEW,
        CHALLENGE_EXPECTED,
        CHALLENGED,
        PROVED,
        VERIFIED,
        ENDED
    }

    private final int maxIterations;
    private final String nonce;
    private final ChannelBinding binding;
    private final String firstBare;

    private State state = State.NEW;
    private @Nullable CharSequence password;
    private String serverFirst = "";
    private String finalWithoutProof = "";
    private byte[] salt = {};
    private int iterations;
    private byte[] expectedSignature = {};

    /**
     * Begins a conversation under a fresh nonce.
     *
     * <p>The user name stays empty in it: the server takes the one of StartupMessage.
     *
     * @param password not copied, and let go as soon as the proof is made
     * @param maxIterations what the option {@code scramMaxIterations} says: a server that asks for more is refused
     * @param binding what is said about the channel
     */
    public ScramClient(CharSequence password, int maxIterations, ChannelBinding binding) {
        this(password, maxIterations, "", freshNonce(), binding);
    }

    ScramClient(CharSequence password, int maxIterations, String user, String nonce, ChannelBinding binding) {
        if (maxIterations < 1) {
            throw new IllegalArgumentException("scramMaxIterations must be positive, not " + maxIterations);
        }
        this.password = password;
        this.maxIterations = maxIterations;
        this.nonce = nonce;
        this.binding = binding;
        this.firstBare = "n=" + user + ",r=" + nonce;
    }

    private static String freshNonce() {
        byte[] random = new byte[NONCE_BYTES];
        RANDOM.nextBytes(random);
        return Base64.getEncoder().encodeToString(random);
    }

    /** Returns the name of the mechanism that is to be chosen. */
    public String mechanism() {
        return binding.binds() ? MECHANISM_PLUS : MECHANISM;
    }

    /** Returns the initial response that goes with the choice of {@link #mechanism}. */
    public byte[] clientFirst() {
        leave(State.NEW, State.CHALLENGE_EXPECTED);
        return ascii(binding.header() + firstBare);
    }

    /**
     * Takes the server's challenge and checks all that can be checked of it. Cheap: nothing is hashed.
     *
     * @throws AuthenticationException if it is malformed, does not answer our nonce, or costs more than is allowed
     */
    public void serverFirst(byte[] message) {
        answer(State.CHALLENGE_EXPECTED, "challenge");
        ScramAttributes attributes = ScramAttributes.of("server-first-message", message);
        if (attributes.startsWith('m')) {
            throw AuthenticationException.violated(
                    "The server demands an extension of SCRAM that this driver does not know");
        }
        String bothNonces = attributes.next('r');
        salt = attributes.nextBase64('s');
        String count = attributes.next('i');
        attributes.end();
        if (!bothNonces.startsWith(nonce) || bothNonces.length() == nonce.length()) {
            throw AuthenticationException.violated("The server's SCRAM nonce does not extend the one we sent");
        }
        iterations = checkedIterations(count);
        serverFirst = new String(message, StandardCharsets.US_ASCII);
        finalWithoutProof = "c=" + binding.encoded() + ",r=" + bothNonces;
        if (finalWithoutProof.length() + ",p=".length() + base64Length(ScramHash.LENGTH) > MAX_CLIENT_FINAL) {
            throw AuthenticationException.violated("The server's SCRAM nonce is longer than any answer may be");
        }
        state = State.CHALLENGED;
    }

    private int checkedIterations(String count) {
        if (!count.matches("[1-9][0-9]*")) {
            throw AuthenticationException.violated("The server's SCRAM iteration count is not a positive number");
        }
        // ten digits are more than an int in any case, and may be many more
        if (count.length() > 10 || Long.parseLong(count) > maxIterations) {
            throw AuthenticationException.refused("The server asks for more SCRAM iterations than the " + maxIterations
                    + " that the option scramMaxIterations allows");
        }
        return Integer.parseInt(count);
    }

    /**
     * Returns the proof that we know the password. Expensive, by as many iterations as the server asked for: call it off
     * the event loop. The password is let go and all keys are wiped.
     */
    public byte[] clientFinal() {
        leave(State.CHALLENGED, State.ENDED);
        byte[] prepared = SaslPassword.bytes(takePassword());
        byte[] salted = ScramHash.salted(prepared, salt, iterations);
        byte[] clientKey = ScramHash.hmac(salted, "Client Key");
        byte[] serverKey = ScramHash.hmac(salted, "Server Key");
        byte[] storedKey = ScramHash.sha256(clientKey);
        try {
            String everything = firstBare + "," + serverFirst + "," + finalWithoutProof;
            expectedSignature = ScramHash.hmac(serverKey, everything);
            ScramHash.xor(clientKey, ScramHash.hmac(storedKey, everything));
            state = State.PROVED;
            return ascii(finalWithoutProof + ",p=" + Base64.getEncoder().encodeToString(clientKey));
        } finally {
            wipe(prepared, salted, clientKey, serverKey, storedKey);
        }
    }

    private CharSequence takePassword() {
        CharSequence taken = password;
        password = null;
        if (taken == null) {
            throw new IllegalStateException("The password is gone");
        }
        return taken;
    }

    /**
     * Takes the server's proof that it knows the password too.
     *
     * @throws AuthenticationException if it is missing or wrong, or if the server says that it refuses us
     */
    public void serverFinal(byte[] message) {
        answer(State.PROVED, "proof");
        ScramAttributes attributes = ScramAttributes.of("server-final-message", message);
        if (attributes.startsWith('e')) {
            throw AuthenticationException.refused(
                    "The server refuses the SCRAM login: " + shortened(attributes.next('e')));
        }
        byte[] signature = attributes.nextBase64('v');
        attributes.end();
        if (!MessageDigest.isEqual(signature, expectedSignature)) {
            destroy();
            throw AuthenticationException.violated(
                    "The server's SCRAM signature is wrong: it does not know the password, so it is not the server"
                            + " meant");
        }
        destroy();
        state = State.VERIFIED;
    }

    private static String shortened(String reason) {
        return reason.length() <= 100 ? reason : reason.substring(0, 100) + "...";
    }

    /** Whether the server has proved that it knows the password: only then may AuthenticationOk be believed. */
    public boolean isVerified() {
        return state == State.VERIFIED;
    }

    /** Forgets what is secret, and ends the conversation wherever it is; a verified one stays so. */
    public void destroy() {
        password = null;
        wipe(expectedSignature);
        if (state != State.VERIFIED) {
            state = State.ENDED;
        }
    }

    /** Our own turn: out of order it is our caller's fault. */
    private void leave(State expected, State next) {
        if (state != expected) {
            throw new IllegalStateException("SCRAM is at " + state + ", not at " + expected);
        }
        state = next;
    }

    /** The server's turn: until what it says has been believed, the conversation counts as ended. */
    private void answer(State expected, String what) {
        State before = state;
        state = State.ENDED;
        if (before != expected) {
            throw AuthenticationException.violated("The server sent a SCRAM " + what + " when none was due");
        }
    }

    private static int base64Length(int bytes) {
        return (bytes + 2) / 3 * 4;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void wipe(byte[]... secrets) {
        for (byte[] secret : secrets) {
            Arrays.fill(secret, (byte) 0);
        }
    }
}
