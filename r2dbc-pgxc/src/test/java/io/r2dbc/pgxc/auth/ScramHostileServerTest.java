// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import static io.r2dbc.pgxc.auth.ScramTalk.CHALLENGE;
import static io.r2dbc.pgxc.auth.ScramTalk.CLIENT_NONCE;
import static io.r2dbc.pgxc.auth.ScramTalk.NONCES;
import static io.r2dbc.pgxc.auth.ScramTalk.ascii;
import static io.r2dbc.pgxc.auth.ScramTalk.client;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server must not say: each time no proof is made, and the conversation is over. */
class ScramHostileServerTest {

    private static final String SALT = "W22ZaJ0SNY7soEsUEjb6gQ==";
    private static final String SIGNATURE = "v=3HO6Qt1M4MKJrmlKaoOqLAI0/0TV0HZe7J9H3MBtSOg=";

    static Stream<Arguments> badChallenges() {
        return Stream.of(
                Arguments.of("empty message", ""),
                Arguments.of("nonce not ours", "r=xOprNGfwEbeRWgbNEkqO%more,s=" + SALT + ",i=4096"),
                Arguments.of("nonce equal to ours", "r=" + CLIENT_NONCE + ",s=" + SALT + ",i=4096"),
                Arguments.of("nonce cut short", "r=rOprNGfw,s=" + SALT + ",i=4096"),
                Arguments.of("nonce empty", "r=,s=" + SALT + ",i=4096"),
                Arguments.of("nonce missing", "s=" + SALT + ",i=4096"),
                Arguments.of("nonce huge", "r=" + NONCES + "x".repeat(1000) + ",s=" + SALT + ",i=4096"),
                Arguments.of("salt not base64", "r=" + NONCES + ",s=W22ZaJ0SNY7so!sUEjb6gQ==,i=4096"),
                Arguments.of("salt without padding", "r=" + NONCES + ",s=W22ZaJ0SNY7soEsUEjb6gQ,i=4096"),
                Arguments.of(
                        "salt with bits beyond its last byte", "r=" + NONCES + ",s=W22ZaJ0SNY7soEsUEjb6gR==,i=4096"),
                Arguments.of("salt with padding inside", "r=" + NONCES + ",s=W2==aJ0SNY7soEsUEjb6gQ==,i=4096"),
                Arguments.of("salt empty", "r=" + NONCES + ",s=,i=4096"),
                Arguments.of("salt missing", "r=" + NONCES + ",i=4096"),
                Arguments.of("salt huge", "r=" + NONCES + ",s=" + "AAAA".repeat(16_000) + ",i=4096"),
                Arguments.of("iterations missing", "r=" + NONCES + ",s=" + SALT),
                Arguments.of("iterations empty", "r=" + NONCES + ",s=" + SALT + ",i="),
                Arguments.of("iterations zero", "r=" + NONCES + ",s=" + SALT + ",i=0"),
                Arguments.of("iterations negative", "r=" + NONCES + ",s=" + SALT + ",i=-4096"),
                Arguments.of("iterations signed", "r=" + NONCES + ",s=" + SALT + ",i=+4096"),
                Arguments.of("iterations not a number", "r=" + NONCES + ",s=" + SALT + ",i=4096x"),
                Arguments.of("iterations with leading zero", "r=" + NONCES + ",s=" + SALT + ",i=04096"),
                Arguments.of("unknown mandatory extension", "m=ext," + CHALLENGE),
                Arguments.of("attributes in another order", "s=" + SALT + ",r=" + NONCES + ",i=4096"),
                Arguments.of("attribute without value sign", "r" + NONCES + ",s=" + SALT + ",i=4096"),
                Arguments.of("something after the end", CHALLENGE + ",x=1"),
                Arguments.of("a comma after the end", CHALLENGE + ","),
                Arguments.of("an error in its place", "e=other-error"),
                Arguments.of("zero byte inside", CHALLENGE.replace("hvYD", "hv\0D")),
                Arguments.of("zero byte at the end", CHALLENGE + "\0"),
                Arguments.of("high byte inside", CHALLENGE.replace("hvYD", "hv\u00FFD")),
                Arguments.of("delete character inside", CHALLENGE.replace("hvYD", "hv\u007FD")),
                Arguments.of("line break inside", CHALLENGE.replace("hvYD", "hv\nD")));
    }

    @ParameterizedTest(name = "[S2.11.7, F3] challenge: {0}")
    @MethodSource("badChallenges")
    void badChallenge(String kind, String challenge) {
        ScramClient client = client("pencil");
        byte[] first = client.clientFirst();

        assertThatThrownBy(() -> client.serverFirst(ascii(challenge)))
                .as(kind)
                .isInstanceOfSatisfying(
                        AuthenticationException.class,
                        e -> assertThat(e.protocolViolation()).isTrue())
                .hasMessageContaining("SCRAM")
                .hasMessageNotContaining("pencil");
        assertNothingMoreFrom(client);
        assertThat(first).isNotEmpty();
    }

    @Test
    @DisplayName("[S2.11.7, F3] an unknown mandatory extension is called by its name")
    void mandatoryExtension() {
        assertThatThrownBy(() -> ScramTalk.challenged("pencil", 4096, "m=ext," + CHALLENGE))
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining("extension");
    }

    @ParameterizedTest(name = "[F1, E9, S8.28] i={0} is refused at once, by the name of the option")
    @ValueSource(
            strings = {
                "100001",
                "2000000000",
                "2147483647",
                "2147483648",
                "4294967297",
                "9223372036854775808",
                "18446744073709551617",
                "99999999999999999999999999999999999999"
            })
    void iterationBomb(String iterations) {
        ScramClient client = client("pencil");
        byte[] first = client.clientFirst();
        byte[] challenge = ascii("r=" + NONCES + ",s=" + SALT + ",i=" + iterations);

        Throwable refusal =
                assertTimeout(Duration.ofMillis(50), () -> catchThrowable(() -> client.serverFirst(challenge)));

        assertThat(refusal).isInstanceOf(AuthenticationException.class).hasMessageContaining("scramMaxIterations");
        assertNothingMoreFrom(client);
        assertThat(first).isNotEmpty();
    }

    static Stream<Arguments> badVerdicts() {
        return Stream.of(
                Arguments.of("empty message", ""),
                Arguments.of("one bit wrong", SIGNATURE.replace("v=3", "v=2")),
                Arguments.of("all zero", "v=" + Base64.getEncoder().encodeToString(new byte[32])),
                Arguments.of("no bytes", "v="),
                Arguments.of("31 bytes", "v=" + Base64.getEncoder().encodeToString(new byte[31])),
                Arguments.of("the right bytes and one more", extended()),
                Arguments.of("not base64", "v=?HO6Qt1M4MKJrmlKaoOqLAI0/0TV0HZe7J9H3MBtSOg="),
                Arguments.of("padding missing", SIGNATURE.substring(0, SIGNATURE.length() - 1)),
                Arguments.of("something after the end", SIGNATURE + ",x=1"),
                Arguments.of("zero byte at the end", SIGNATURE + "\0"),
                Arguments.of("another attribute", "x=1," + SIGNATURE),
                Arguments.of("the challenge again", CHALLENGE),
                Arguments.of("the client's own proof", "v=qvT2SWdEH5Q06albL+hjSYuUhCG7VndFyzIb7CK4n9k="));
    }

    private static String extended() {
        byte[] signature = Base64.getDecoder().decode(SIGNATURE.substring(2));
        return "v=" + Base64.getEncoder().encodeToString(Arrays.copyOf(signature, 33));
    }

    @ParameterizedTest(name = "[S2.11.10, F3] verdict: {0}")
    @MethodSource("badVerdicts")
    void badVerdict(String kind, String verdict) {
        ScramClient client = ScramTalk.challenged("pencil", 4096, CHALLENGE);
        assertThat(client.clientFinal()).isNotEmpty();

        assertThatThrownBy(() -> client.serverFinal(ascii(verdict)))
                .as(kind)
                .isInstanceOfSatisfying(
                        AuthenticationException.class,
                        e -> assertThat(e.protocolViolation()).isTrue());
        assertNothingMoreFrom(client);
    }

    @Test
    @DisplayName("[S2.11.10, F3] e= is a refusal with the server's reason")
    void serverRefuses() {
        ScramClient client = ScramTalk.challenged("pencil", 4096, CHALLENGE);
        assertThat(client.clientFinal()).isNotEmpty();

        assertThatThrownBy(() -> client.serverFinal(ascii("e=other-error")))
                .isInstanceOfSatisfying(
                        AuthenticationException.class,
                        e -> assertThat(e.protocolViolation()).isFalse())
                .hasMessageContaining("other-error");
        assertNothingMoreFrom(client);
    }

    @Test
    @DisplayName("[S2.11.10, S6.6] a long reason is cut before it gets into a message")
    void longReason() {
        ScramClient client = ScramTalk.challenged("pencil", 4096, CHALLENGE);
        assertThat(client.clientFinal()).isNotEmpty();

        assertThatThrownBy(() -> client.serverFinal(ascii("e=" + "x".repeat(4000))))
                .isInstanceOf(AuthenticationException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
    }

    @Test
    @DisplayName("[S2.1.15, F3] a second challenge ends the conversation before a proof is made")
    void secondChallenge() {
        ScramClient client = ScramTalk.challenged("pencil", 4096, CHALLENGE);

        assertThatThrownBy(() -> client.serverFirst(ascii(CHALLENGE))).isInstanceOf(AuthenticationException.class);
        assertNothingMoreFrom(client);
    }

    @Test
    @DisplayName("[S2.11.10, F3] a verdict before the challenge, and one before the proof")
    void earlyVerdict() {
        ScramClient unchallenged = client("pencil");
        assertThat(unchallenged.clientFirst()).isNotEmpty();
        assertThatThrownBy(() -> unchallenged.serverFinal(ascii(SIGNATURE)))
                .isInstanceOf(AuthenticationException.class);
        assertNothingMoreFrom(unchallenged);

        ScramClient unproved = ScramTalk.challenged("pencil", 4096, CHALLENGE);
        assertThatThrownBy(() -> unproved.serverFinal(ascii(SIGNATURE))).isInstanceOf(AuthenticationException.class);
        assertNothingMoreFrom(unproved);
    }

    @Test
    @DisplayName("[S2.11.10] a second verdict, or a challenge after success, takes the trust away again")
    void afterSuccess() {
        for (String more : new String[] {SIGNATURE, CHALLENGE}) {
            ScramClient client = ScramTalk.challenged("pencil", 4096, CHALLENGE);
            assertThat(client.clientFinal()).isNotEmpty();
            client.serverFinal(ascii(SIGNATURE));
            assertThat(client.isVerified()).isTrue();

            boolean isChallenge = more.equals(CHALLENGE);
            assertThatThrownBy(() -> say(client, isChallenge, ascii(more))).isInstanceOf(AuthenticationException.class);
            assertNothingMoreFrom(client);
        }
    }

    @Test
    @DisplayName("[F3] after destroy() no signature is right, all zeros neither")
    void destroyedIsNotFooled() {
        ScramClient client = ScramTalk.challenged("pencil", 4096, CHALLENGE);
        assertThat(client.clientFinal()).isNotEmpty();
        client.destroy();

        String zeros = "v=" + Base64.getEncoder().encodeToString(new byte[32]);
        assertThatThrownBy(() -> client.serverFinal(ascii(zeros))).isInstanceOf(AuthenticationException.class);
        assertThat(client.isVerified()).isFalse();
    }

    @Test
    @DisplayName("[S8.39, S2.11.7] mutated and random challenges are taken or refused, and nothing else happens")
    void randomChallenges() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int taken = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] challenge = mutated(ascii(CHALLENGE), random);
            Throwable failure = catchThrowable(() -> ScramTalk.challenged("pencil", 100_000, challenge));
            taken += failure == null ? 1 : 0;
            assertThat(failure == null || failure instanceof AuthenticationException)
                    .as("seed %d, step %d: %s", seed, i, failure)
                    .isTrue();
        }
        // a changed nonce or salt is still a challenge
        assertThat(taken).as("seed %d", seed).isBetween(1_000, 19_000);
    }

    @Test
    @DisplayName("[S8.39, S2.11.10] of mutated signatures only the right bytes are believed")
    void randomVerdicts() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String cheap = CHALLENGE.replace("i=4096", "i=1");
        String right = "v=ieB0Z7sQPVA0LY3GIiKzqDJSkN2eAYlQr3c1qL3+o30=";
        int believed = 0;
        for (int i = 0; i < 5_000; i++) {
            ScramClient client = ScramTalk.challenged("x".repeat(64), 4096, cheap);
            assertThat(client.clientFinal()).isNotEmpty();
            byte[] verdict = i % 100 == 0 ? ascii(right) : mutated(ascii(right), random);

            Throwable failure = catchThrowable(() -> client.serverFinal(verdict));

            boolean same = ScramTalk.text(verdict).equals(right);
            assertThat(client.isVerified()).as("seed %d, step %d", seed, i).isEqualTo(same);
            assertThat(failure == null ? same : failure instanceof AuthenticationException)
                    .as("seed %d, step %d: %s", seed, i, failure)
                    .isTrue();
            believed += same ? 1 : 0;
        }
        assertThat(believed).as("seed %d", seed).isBetween(50, 500);
    }

    private static byte[] mutated(byte[] message, Random random) {
        byte[] mutant = Arrays.copyOf(message, random.nextInt(10) == 0 ? random.nextInt(100) : message.length);
        for (int change = random.nextInt(4); change >= 0 && mutant.length > 0; change--) {
            mutant[random.nextInt(mutant.length)] =
                    (byte) (random.nextBoolean() ? random.nextInt() : 33 + random.nextInt(94));
        }
        return mutant;
    }

    private static void say(ScramClient client, boolean challenge, byte[] message) {
        if (challenge) {
            client.serverFirst(message);
        } else {
            client.serverFinal(message);
        }
    }

    private static void assertNothingMoreFrom(ScramClient client) {
        assertThatThrownBy(client::clientFinal).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> client.serverFinal(ascii(SIGNATURE))).isInstanceOf(AuthenticationException.class);
        assertThat(client.isVerified()).isFalse();
    }
}
