// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.r2dbc.pgxc.exchange.Credentials.Binding;
import io.r2dbc.pgxc.exchange.Credentials.Method;
import io.r2dbc.pgxc.exchange.Credentials.Token;
import io.r2dbc.pgxc.exchange.Failure.ConnectionLost;
import io.r2dbc.pgxc.exchange.Failure.ServerError;
import io.r2dbc.pgxc.wire.BackendMessage.Authentication;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationCleartextPassword;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationGss;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationGssContinue;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationMd5Password;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationOk;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSasl;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSaslContinue;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSaslFinal;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.ErrorFields;
import io.r2dbc.pgxc.wire.ProtocolException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logins by OAuth token: when one is shown and to whom, and what may come then. */
final class TokenLoginTest {

    private static final Token TOKEN = new Token("s3cret.token", "https://issuer.example");
    private static final Set<Method> ALL = EnumSet.allOf(Method.class);
    private static final Line VERIFIED = new Line(true, true, true, false, new byte[32]);
    private static final Line UNVERIFIED = new Line(true, true, false, false, new byte[32]);
    private static final AuthenticationSasl OFFER = new AuthenticationSasl(List.of("OAUTHBEARER"));
    private static final String REFUSAL = "{\"status\":\"invalid_token\","
            + "\"openid-configuration\":\"https://other.example/.well-known/openid-configuration\"}";

    private final RecordingOutbox out = new RecordingOutbox();

    @Test
    @DisplayName("[S2.11.11, S2.11.2] the token is told at once, and AuthenticationOk lets in")
    void success() {
        Login login = login(null, TOKEN);
        login.onRequest(OFFER, out);
        assertThat(out.hasWork()).isFalse();
        ClientMessage.Authentication said = out.saidOne();
        assertThat(said.mechanism()).isEqualTo("OAUTHBEARER");
        assertThat(said.initialResponse()).isEqualTo("n,,\1auth=Bearer s3cret.token\1\1");
        assertThat(login.isOver()).isFalse();
        login.onRequest(new AuthenticationOk(), out);
        assertThat(login.isOver()).isTrue();
        assertThat(out.said()).isEmpty();
    }

    @Test
    @DisplayName("[S2.11.11] a refusal is answered by one byte, and explains the server's error, or that it left")
    void refusal() {
        Login login = login(null, TOKEN);
        ServerError error = new ServerError(ErrorFields.synthetic("28000", "no entry"));
        ConnectionLost lost = new ConnectionLost("08006", "gone", null);
        login.onRequest(OFFER, out);
        out.said();
        assertThat(login.explained(error)).isSameAs(error);
        assertThat(login.explained(lost)).isSameAs(lost);
        login.onRequest(refusing(REFUSAL), out);
        assertThat(out.saidOne().body().bytes()).containsExactly(1);
        assertThat(login.isOver()).isFalse();
        String told = "invalid_token";
        assertThat(login.explained(error)).isInstanceOfSatisfying(ServerError.class, explained -> {
            assertThat(explained.fields()).isSameAs(error.fields());
            assertThat(explained.remark())
                    .contains(told, "which is not that of oauthIssuer https://issuer.example")
                    .doesNotContain("s3cret");
        });
        assertThat(login.explained(lost))
                .isInstanceOfSatisfying(
                        ConnectionLost.class,
                        explained -> assertThat(explained.message()).contains("gone", told));
        Failure other = new Failure.TimedOut("too late");
        assertThat(login.explained(other)).isSameAs(other);
    }

    /** Where the password stands in the offer, and what it then takes. */
    @ParameterizedTest(name = "[S2.11.1] {0}, password {1}, token {2}: {3}")
    @CsvSource({
        "OAUTHBEARER SCRAM-SHA-256, true, true, OAUTHBEARER",
        "SCRAM-SHA-256 OAUTHBEARER, true, true, SCRAM-SHA-256",
        "SCRAM-SHA-256-PLUS SCRAM-SHA-256 OAUTHBEARER, true, true, SCRAM-SHA-256-PLUS",
        "SCRAM-SHA-256-PLUS OAUTHBEARER SCRAM-SHA-256, true, true, SCRAM-SHA-256-PLUS",
        "OAUTHBEARER SCRAM-SHA-256-PLUS SCRAM-SHA-256, true, true, OAUTHBEARER",
        "OAUTHBEARER SCRAM-SHA-256, true, false, SCRAM-SHA-256",
        "SCRAM-SHA-256 OAUTHBEARER, false, true, OAUTHBEARER",
        "NEW OAUTHBEARER NEWER, true, true, OAUTHBEARER",
        "NEW SCRAM-SHA-256 NEWER, true, true, SCRAM-SHA-256"
    })
    @DisplayName("[S2.11.1, S2.11.11] of what is there the server's favourite is taken")
    void choice(String offer, boolean hasPassword, boolean hasToken, String chosen) {
        Login login = login(hasPassword ? "password" : null, hasToken ? TOKEN : null);
        login.onRequest(new AuthenticationSasl(List.of(offer.split(" ", -1))), out);
        if (out.hasWork()) {
            out.doWork();
        }
        assertThat(out.saidOne().mechanism()).isEqualTo(chosen);
    }

    @Test
    @DisplayName(
            "[S2.11.1, S2.11.11] where a token must not be shown the password is used, though the server prefers the other")
    void fallback() {
        AuthenticationSasl both = new AuthenticationSasl(List.of("OAUTHBEARER", "SCRAM-SHA-256"));
        for (Login login : List.of(
                login("password", TOKEN, Line.OPEN, Binding.PREFER, ALL),
                login("password", TOKEN, Line.LOCAL, Binding.PREFER, ALL),
                login("password", TOKEN, UNVERIFIED, Binding.PREFER, ALL),
                login("password", TOKEN, VERIFIED, Binding.PREFER, EnumSet.of(Method.SCRAM_SHA_256)))) {
            login.onRequest(both, out);
            out.doWork();
            assertThat(out.saidOne().mechanism()).isEqualTo("SCRAM-SHA-256");
        }
        Login bound = login("password", TOKEN, VERIFIED, Binding.REQUIRE, ALL);
        bound.onRequest(new AuthenticationSasl(List.of("OAUTHBEARER", "SCRAM-SHA-256-PLUS")), out);
        out.doWork();
        assertThat(out.saidOne().mechanism()).isEqualTo("SCRAM-SHA-256-PLUS");
        Login unwanted = login("password", TOKEN, VERIFIED, Binding.PREFER, EnumSet.of(Method.OAUTH));
        unwanted.onRequest(new AuthenticationSasl(List.of("SCRAM-SHA-256", "OAUTHBEARER")), out);
        assertThat(out.saidOne().mechanism()).isEqualTo("OAUTHBEARER");
    }

    @Test
    @DisplayName("[S2.11.1] a thousand mechanisms, and one of them is known")
    void manyMechanisms() {
        List<String> offer = new ArrayList<>(Collections.nCopies(1_000, "X"));
        offer.set(999, "OAUTHBEARER");
        login("password", TOKEN).onRequest(new AuthenticationSasl(offer), out);
        assertThat(out.saidOne().mechanism()).isEqualTo("OAUTHBEARER");
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of("no token", login("password", null), "set the option oauthToken"),
                Arguments.of("clear", login(null, TOKEN, Line.OPEN, Binding.PREFER, ALL), "sslMode=verify-full"),
                Arguments.of("local", login(null, TOKEN, Line.LOCAL, Binding.PREFER, ALL), "not encrypted by TLS"),
                Arguments.of("anybody", login(null, TOKEN, UNVERIFIED, Binding.PREFER, ALL), "sslMode=verify-full"),
                Arguments.of("bound", login(null, TOKEN, VERIFIED, Binding.REQUIRE, ALL), "channelBinding=require"),
                Arguments.of(
                        "unwanted",
                        login(null, TOKEN, VERIFIED, Binding.PREFER, EnumSet.complementOf(EnumSet.of(Method.OAUTH))),
                        "requireAuth"),
                Arguments.of("no token at all", login(null, new Token("s3cret token", null)), "index 6"));
    }

    @ParameterizedTest(name = "[S2.11.11] {0}")
    @MethodSource
    @DisplayName(
            "[S2.11.11, S2.1.16] where no token may be shown the login is refused by what could be changed, and nothing"
                    + " is said")
    void refusals(String what, Login login, String because) {
        assertThatThrownBy(() -> login.onRequest(OFFER, out))
                .isInstanceOfSatisfying(
                        SessionEndException.class,
                        end -> assertThat(end.failure())
                                .isInstanceOfSatisfying(
                                        Failure.Refused.class,
                                        refused -> assertThat(refused.message())
                                                .contains(because)
                                                .doesNotContain("s3cret")));
        assertThat(out.said()).isEmpty();
        assertThat(out.hasWork()).isFalse();
    }

    /** {@code told} and {@code refused} come first; the last request must break the session. */
    @ParameterizedTest(name = "[S2.11.11, S2.1.15] {0}")
    @ValueSource(
            strings = {
                "told final",
                "told sasl",
                "told password",
                "told md5",
                "told gss",
                "told continued",
                "told ok ok",
                "told ok refusal",
                "told ok final",
                "told ok sasl",
                "told refusal ok",
                "told refusal refusal",
                "told refusal final",
                "told refusal sasl",
                "told refusal password",
                "refusal",
                "final"
            })
    @DisplayName(
            "[S2.11.11, S2.11.10, S2.1.12, S2.1.15] a request out of order breaks the session, and nothing more is said")
    void outOfOrder(String steps) {
        Login login = login("password", TOKEN);
        List<String> all = List.of(steps.split(" ", -1));
        all.subList(0, all.size() - 1).forEach(step -> login.onRequest(request(step), out));
        out.said();
        Throwable broken = catchThrowable(() -> login.onRequest(request(all.get(all.size() - 1)), out));
        assertThat(broken).isInstanceOf(ProtocolException.class);
        assertThat(broken.getMessage().contains("refused the OAuth token")).isEqualTo(steps.equals("told refusal ok"));
        assertThat(out.said()).isEmpty();
    }

    private static Authentication request(String step) {
        return switch (step) {
            case "told", "sasl" -> OFFER;
            case "ok" -> new AuthenticationOk();
            case "refusal" -> refusing(REFUSAL);
            case "final" -> new AuthenticationSaslFinal(new byte[0]);
            case "password" -> new AuthenticationCleartextPassword();
            case "md5" -> new AuthenticationMd5Password(new byte[4]);
            case "gss" -> new AuthenticationGss();
            case "continued" -> new AuthenticationGssContinue(new byte[0]);
            default -> throw new AssertionError(step);
        };
    }

    @Test
    @DisplayName(
            "[S2.11.3] a bound mechanism offered without TLS beside a token: somebody took TLS away, nothing is said")
    void plusWithoutTls() {
        Login login = login("password", TOKEN, Line.LOCAL, Binding.PREFER, ALL);
        assertThatThrownBy(() ->
                        login.onRequest(new AuthenticationSasl(List.of("OAUTHBEARER", "SCRAM-SHA-256-PLUS")), out))
                .isInstanceOf(ProtocolException.class);
        assertThat(out.said()).isEmpty();
    }

    @Test
    @DisplayName("[SA7, S2.11.11] credentials do not show the token")
    void hidden() {
        Credentials credentials = credentials(null, TOKEN, Binding.PREFER, ALL);
        assertThat(credentials.toString()).contains("token=hidden").doesNotContain("s3cret");
        assertThat(TOKEN.toString()).doesNotContain("s3cret");
    }

    private static AuthenticationSaslContinue refusing(String json) {
        return new AuthenticationSaslContinue(json.getBytes(UTF_8));
    }

    private static Login login(@Nullable String password, @Nullable Token token) {
        return login(password, token, VERIFIED, Binding.PREFER, ALL);
    }

    private static Login login(
            @Nullable String password, @Nullable Token token, Line line, Binding binding, Set<Method> methods) {
        return new Login(credentials(password, token, binding, methods), line);
    }

    private static Credentials credentials(
            @Nullable String password, @Nullable Token token, Binding binding, Set<Method> methods) {
        return new Credentials("alice", password, false, 100_000, binding, methods, token, null);
    }
}
