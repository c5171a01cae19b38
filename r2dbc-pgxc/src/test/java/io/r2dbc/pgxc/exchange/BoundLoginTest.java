// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.exchange.Credentials.Binding;
import io.r2dbc.pgxc.exchange.Credentials.Method;
import io.r2dbc.pgxc.testing.ScramServer;
import io.r2dbc.pgxc.wire.BackendMessage.Authentication;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationCleartextPassword;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationGss;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationMd5Password;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationOk;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSasl;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSaslContinue;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSaslFinal;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Logins over lines of every kind: what is said about the channel, and what is refused where the login must be bound. */
final class BoundLoginTest {

    private static final String PASSWORD = "correct horse";
    private static final byte[] HASH = "a hash of 32 bytes, or so we say".getBytes(US_ASCII);
    private static final Line TLS = new Line(true, true, true, false, HASH);
    private static final Line TLS_WITHOUT_HASH = new Line(true, true, true, false, null);
    private static final List<String> BOTH = List.of("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256");
    private static final List<String> PLAIN = List.of("SCRAM-SHA-256");
    private static final List<String> PLUS = List.of("SCRAM-SHA-256-PLUS");

    private final RecordingOutbox out = new RecordingOutbox();

    static Stream<Arguments> logins() {
        return Stream.of(
                Arguments.of(Binding.PREFER, TLS, BOTH, "p"),
                Arguments.of(Binding.REQUIRE, TLS, BOTH, "p"),
                Arguments.of(Binding.REQUIRE, TLS, PLUS, "p"),
                Arguments.of(Binding.PREFER, TLS, PLAIN, "y,,"),
                Arguments.of(Binding.DISABLE, TLS, BOTH, "n,,"),
                Arguments.of(Binding.DISABLE, TLS, PLAIN, "n,,"),
                Arguments.of(Binding.PREFER, TLS_WITHOUT_HASH, BOTH, "n,,"),
                Arguments.of(Binding.PREFER, TLS_WITHOUT_HASH, PLAIN, "n,,"),
                Arguments.of(Binding.PREFER, Line.LOCAL, PLAIN, "n,,"),
                Arguments.of(Binding.PREFER, Line.OPEN, PLAIN, "n,,"));
    }

    @ParameterizedTest(name = "[S2.11.3, S2.11.6] {0}, {2}: {3}")
    @MethodSource
    @DisplayName("[S2.11.3, S2.11.6, S2.11.8] what is said about the channel, by what is wanted, there, and offered")
    void logins(Binding binding, Line line, List<String> offer, String said) {
        ScramServer server = new ScramServer(PASSWORD, 4096);
        if (said.equals("p")) {
            server.boundTo(HASH);
        } else {
            server.expecting(said);
        }
        Login login = login(binding, line);
        login.onRequest(new AuthenticationSasl(offer), out);
        out.doWork();
        server.hearFirst(out.saidOne());
        login.onRequest(new AuthenticationSaslContinue(body(server.challenge())), out);
        out.doWork();
        server.hearProof(out.saidOne());
        assertThat(server.isConvinced()).isTrue();
        login.onRequest(new AuthenticationSaslFinal(body(server.verdict())), out);
        login.onRequest(new AuthenticationOk(), out);
        assertThat(login.isOver()).isTrue();
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(TLS, new AuthenticationSasl(PLAIN), "does not offer SCRAM-SHA-256-PLUS"),
                Arguments.of(TLS_WITHOUT_HASH, new AuthenticationSasl(BOTH), "which hash"),
                Arguments.of(Line.OPEN, new AuthenticationSasl(PLAIN), "not encrypted"),
                Arguments.of(Line.LOCAL, new AuthenticationSasl(PLAIN), "not encrypted"),
                Arguments.of(TLS, new AuthenticationMd5Password(new byte[4]), "md5"),
                Arguments.of(TLS, new AuthenticationCleartextPassword(), "password"),
                Arguments.of(TLS, new AuthenticationGss(), "GSSAPI"),
                Arguments.of(TLS, new AuthenticationOk(), "without a login"));
    }

    @ParameterizedTest(name = "[F6, S2.1.16] {1}: {2}")
    @MethodSource
    @DisplayName(
            "[F6, S2.1.16] channelBinding=require: what binds to nothing is refused, by the option's name, and nothing"
                    + " is said")
    void refusals(Line line, Authentication request, String why) {
        Login login = login(Binding.REQUIRE, line);
        assertThatThrownBy(() -> login.onRequest(request, out))
                .isInstanceOfSatisfying(
                        SessionEndException.class,
                        end -> assertThat(end.failure()).isInstanceOfSatisfying(Failure.Refused.class, refused -> {
                            assertThat(refused.message()).contains(why, "channelBinding=require");
                        }));
        assertThat(out.said()).isEmpty();
        assertThat(out.hasWork()).isFalse();
        assertThat(login.isOver()).isFalse();
    }

    @ParameterizedTest(name = "[S2.11.3] {0}")
    @EnumSource
    @DisplayName("[S2.11.3] a bound mechanism offered without TLS: somebody took TLS away, whatever is wanted")
    void plusWithoutTls(Binding binding) {
        for (Line line : new Line[] {Line.OPEN, Line.LOCAL}) {
            assertThatThrownBy(() -> login(binding, line).onRequest(new AuthenticationSasl(BOTH), out))
                    .hasMessageContaining("took TLS away");
        }
        assertThat(out.said()).isEmpty();
    }

    @Test
    @DisplayName("[S2.11.1] only the bound mechanism offered, and binding switched off: refused, nothing said")
    void onlyPlus() {
        assertThatThrownBy(() -> login(Binding.DISABLE, TLS).onRequest(new AuthenticationSasl(PLUS), out))
                .isInstanceOf(SessionEndException.class);
        assertThat(out.hasWork()).isFalse();
    }

    @Test
    @DisplayName("[X35, S2.1.16] a clear-text password leaves over TLS and by a Unix socket, and not otherwise")
    void clearText() {
        for (Line line : new Line[] {TLS, TLS_WITHOUT_HASH, Line.LOCAL}) {
            login(Binding.PREFER, line).onRequest(new AuthenticationCleartextPassword(), out);
            ClientMessage.Authentication said = out.saidOne();
            assertThat(said.password()).isEqualTo(PASSWORD);
        }
        assertThatThrownBy(() -> login(Binding.PREFER, Line.OPEN).onRequest(new AuthenticationCleartextPassword(), out))
                .isInstanceOf(SessionEndException.class);
        assertThat(out.said()).isEmpty();
    }

    private static byte[] body(Octets message) {
        return message.slice(9, message.size()).bytes();
    }

    private static Login login(Binding binding, Line line) {
        return new Login(
                new Credentials("alice", PASSWORD, false, 100_000, binding, EnumSet.allOf(Method.class), null, null),
                line);
    }
}
