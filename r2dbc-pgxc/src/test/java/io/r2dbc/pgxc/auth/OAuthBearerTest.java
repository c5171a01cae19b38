// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OAuthBearerTest {

    private static final String TOKEN = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";
    private static final String TRUSTED = "https://issuer.example/realm";

    @Test
    @DisplayName(
            "[S2.11.11] the initial response: header, the token as a bearer token, and the separators, byte for byte")
    void initialResponse() {
        assertThat(new OAuthBearer(TOKEN, null).initialResponse())
                .isEqualTo(("n,,\1auth=Bearer " + TOKEN + "\1\1").getBytes(US_ASCII));
    }

    @Test
    @DisplayName("[S2.11.11] a refusal is answered by the single byte 1")
    void refusal() {
        OAuthBearer bearer = shown(null);
        assertThat(bearer.reason()).isNull();
        assertThat(bearer.refused("{}".getBytes(UTF_8))).containsExactly(1);
        assertThat(bearer.reason()).isNotNull();
    }

    @Test
    @DisplayName("[S2.11.11] the steps come in order, and each once")
    void order() {
        OAuthBearer bearer = new OAuthBearer(TOKEN, null);
        assertViolated(bearer);
        bearer.initialResponse();
        assertThatIllegalStateException().isThrownBy(bearer::initialResponse);
        bearer.refused(new byte[0]);
        assertViolated(bearer);
    }

    private static void assertViolated(OAuthBearer bearer) {
        assertThatThrownBy(() -> bearer.refused(new byte[0]))
                .isInstanceOfSatisfying(
                        AuthenticationException.class,
                        violation -> assertThat(violation.protocolViolation()).isTrue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a=", "a==", "AZaz09-._~+/==", "eyJhbGciOiJub25lIn0.e30."})
    @DisplayName("[S2.11.11] tokens of RFC 6750 are taken")
    void tokens(String token) {
        assertThat(OAuthBearer.objection(token)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "==",
                "s3=cret",
                "Bearer s3cret",
                "s3cret ",
                "s3cret\1",
                "s3cret\0",
                "s3cret\n",
                "s3,cret",
                "s3crét",
                "s3cret\ud83d\ude00",
                "s3cret１"
            })
    @DisplayName("[S2.11.11] anything else is refused before anything is said, and is not repeated")
    void noTokens(String given) {
        assertThat(OAuthBearer.objection(given)).isNotNull();
        assertThatThrownBy(() -> new OAuthBearer(given, null))
                .isInstanceOfSatisfying(
                        AuthenticationException.class,
                        refusal -> assertThat(refusal.protocolViolation()).isFalse())
                .hasMessageContaining("OAuth token")
                .hasMessageNotContaining("s3");
    }

    @Test
    @DisplayName("[S2.11.11] a token may be as long as the server's messages, and no longer")
    void longTokens() {
        assertThat(OAuthBearer.objection("a".repeat(OAuthBearer.LONGEST_TOKEN))).isNull();
        assertThat(OAuthBearer.objection("a".repeat(OAuthBearer.LONGEST_TOKEN + 1)))
                .contains("65001");
    }

    @Test
    @DisplayName("[S2.11.11] status, scope and the address of the issuer's description are told")
    void told() {
        assertThat(
                        reason(
                                null,
                                "{\"status\":\"invalid_token\",\"scope\":\"openid db\","
                                        + "\"openid-configuration\":\"https://other.example/.well-known/openid-configuration\"}"))
                .isEqualTo(
                        "the server's reason to refuse the OAuth token: invalid_token; the scope it wants: openid db;"
                                + " its openid-configuration: https://other.example/.well-known/openid-configuration");
    }

    @ParameterizedTest(name = "[S2.11.11] {0} and {1}: {2}")
    @CsvSource({
        TRUSTED + "," + TRUSTED + "/.well-known/openid-configuration, true",
        TRUSTED + "/," + TRUSTED + "/.well-known/openid-configuration, true",
        TRUSTED + "," + TRUSTED + "/.well-known/oauth-authorization-server, true",
        TRUSTED + ",https://issuer.example/.well-known/oauth-authorization-server/realm, true",
        TRUSTED + "/.well-known/openid-configuration," + TRUSTED + "/.well-known/openid-configuration, true",
        "https://issuer.example/,https://issuer.example//.well-known/openid-configuration, true",
        TRUSTED + ",https://issuer.example/.well-known/openid-configuration, false",
        TRUSTED + ",https://issuer.example.evil/realm/.well-known/openid-configuration, false",
        TRUSTED + ",https://issuer.example@evil/realm/.well-known/openid-configuration, false",
        TRUSTED + ",http://issuer.example/realm/.well-known/openid-configuration, false",
        TRUSTED + "," + TRUSTED + "2/.well-known/openid-configuration, false",
        TRUSTED + ",nonsense, false",
        TRUSTED + ",/.well-known/, false"
    })
    @DisplayName("[S2.11.11] whether the description is that of the issuer whom the user trusts")
    void issuers(String trusted, String configuration, boolean same) {
        String told = reason(trusted, "{\"openid-configuration\": \"" + configuration + "\"}");
        assertThat(told).contains(configuration);
        assertThat(told.endsWith("which is not that of oauthIssuer " + trusted)).isEqualTo(!same);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{}",
                "[]",
                "null",
                "\"status\"",
                "{\"status\"",
                "{\"status\":",
                "{\"status\":5}",
                "{\"status\":null}",
                "{\"status\":{\"status\":\"nested\"}}",
                "{\"status\":[\"nested\"]}",
                "{\"status\":\"unfinished",
                "{\"status\":\"unfinished\\",
                "{\"status\" \"no colon\"}",
                "{x\"status\":\"y\"}",
                "\u0000\u0001{\"status\":\"y\"}"
            })
    @DisplayName("[S2.11.11] a reason that cannot be read is none, and no trouble")
    void unreadable(String json) {
        assertThat(reason(TRUSTED, json))
                .isEqualTo("the server's reason to refuse the OAuth token: none that can be read");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\":1,\"status\":\"x\"}",
                "{\"a\":{\"b\":[{\"status\":\"}\"},\"]\"]},\"status\":\"x\"}",
                "{\"a\":[[[[]]]],\"b\":true,\"c\":-1.5e3,\"status\":\"x\"",
                " \t{ \"status\" : \"x\" , } trailing",
                "{\"status\":\"x\",\"status\":\"second\"}",
                "{\"st\\u0061tus\":\"\\u0078\"}",
                "{\"a\":,\"status\":\"x\"}"
            })
    @DisplayName("[S2.11.11] what is readable is read, whatever stands around it")
    void lenient(String json) {
        assertThat(reason(null, json)).isEqualTo("the server's reason to refuse the OAuth token: x");
    }

    @Test
    @DisplayName("[S2.11.11] control characters, and what is not ASCII, do not get into the message, escaped or not")
    void controlCharacters() {
        assertThat(reason(null, "{\"status\":\"a\\n\\u001b[31mb\r\u0007c\\u202Ed\u00e4\\ud83de\\q\\u12\"}"))
                .isEqualTo("the server's reason to refuse the OAuth token: a[31mbcde");
    }

    @Test
    @DisplayName(
            "[S2.11.11] a server that repeats the token does not get it into the message, in one piece or in several")
    void repeated() {
        String several = TOKEN.replace("=", "=\\n");
        assertThat(reason(null, "{\"status\":\"" + TOKEN + "\",\"scope\":\"" + "x".repeat(180) + several + "\"}"))
                .contains("(hidden)")
                .doesNotContain(TOKEN.substring(0, 15));
    }

    @Test
    @DisplayName("[S2.11.11] long reasons are cut, and those that no server sends are not looked at")
    void longReasons() {
        assertThat(reason(null, "{\"status\":\"" + "x".repeat(8_000) + "\"}"))
                .endsWith("x...")
                .hasSizeLessThan(300);
        assertThat(reason(null, "{\"status\":\"" + "x".repeat(8_200) + "\"}")).endsWith("none that can be read");
    }

    @Test
    @DisplayName("[S2.11.11] deep nesting, and random bytes, are no trouble")
    void hostile() {
        assertThat(reason(null, "{\"a\":" + "[{\"b\":".repeat(1_300))).endsWith("none that can be read");
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = "{}[]:,\"\\u0009status\1 é";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder json = new StringBuilder("{\"status\":");
            int length = random.nextInt(30);
            for (int j = 0; j < length; j++) {
                json.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            assertThat(reason(TRUSTED, json.toString()))
                    .as("seed %d: %s", seed, json)
                    .matches("[ -~]+");
        }
    }

    @Test
    @DisplayName("[S2.11.11, SA7] its text does not show the token")
    void text() {
        assertThat(shown(null).toString()).doesNotContain(TOKEN);
    }

    private static String reason(@Nullable String issuer, String json) {
        OAuthBearer bearer = shown(issuer);
        bearer.refused(json.getBytes(UTF_8));
        String reason = bearer.reason();
        assertThat(reason).isNotNull();
        return reason;
    }

    private static OAuthBearer shown(@Nullable String issuer) {
        OAuthBearer bearer = new OAuthBearer(TOKEN, issuer);
        bearer.initialResponse();
        return bearer;
    }
}
