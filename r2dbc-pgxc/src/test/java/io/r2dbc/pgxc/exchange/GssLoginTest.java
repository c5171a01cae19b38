// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.auth.GssMechanism.Purpose;
import io.r2dbc.pgxc.exchange.Credentials.Binding;
import io.r2dbc.pgxc.exchange.Credentials.Method;
import io.r2dbc.pgxc.testing.ToyGss;
import io.r2dbc.pgxc.wire.BackendMessage.Authentication;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationCleartextPassword;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationGss;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationGssContinue;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationOk;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSasl;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSspi;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.pgxc.wire.ProtocolException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logins by GSSAPI: what is said, in which order only, and that every conversation comes to its end. */
final class GssLoginTest {

    private final RecordingOutbox out = new RecordingOutbox();
    private ToyGss gss = new ToyGss(1);
    private Login login = login(EnumSet.allOf(Method.class), Binding.PREFER, Line.OPEN);

    private Login login(Set<Method> methods, Binding binding, Line line) {
        return new Login(new Credentials("alice", null, false, 1, binding, methods, null, gss), line);
    }

    @AfterEach
    void nothingIsLeft() {
        login.end();
        assertThat(gss.open()).isZero();
    }

    private Login login(int rounds) {
        gss = new ToyGss(rounds);
        return login(EnumSet.allOf(Method.class), Binding.PREFER, Line.OPEN);
    }

    @ParameterizedTest(name = "{0} tokens of the server")
    @ValueSource(ints = {1, 2, 5})
    @DisplayName("[S2.1.14] GSSAPI: a token for each of the server's, raw, until both are sure; then Ok lets in")
    void tokens(int rounds) {
        login = login(rounds);
        login.onRequest(new AuthenticationGss(), out);
        assertThat(out.said()).isEmpty();
        for (int round = 1; round <= rounds; round++) {
            assertThat(login.isThinking()).isTrue();
            out.doWork();
            assertThat(login.isThinking()).isFalse();
            assertThat(out.saidOne().body()).isEqualTo(Octets.of(ToyGss.clientToken(round)));
            login.onRequest(new AuthenticationGssContinue(ToyGss.serverToken(round)), out);
        }
        out.doWork();
        assertThat(out.said()).isEmpty();
        assertThat(gss.open()).isOne();
        login.onRequest(new AuthenticationOk(), out);
        assertThat(login.isOver()).isTrue();
        assertThat(gss.begun()).containsExactly(Purpose.LOGIN);
    }

    @Test
    @DisplayName("[S2.1.10] SSPI is answered by GSSAPI, which negotiates the mechanism")
    void sspi() {
        login.onRequest(new AuthenticationSspi(), out);
        out.doWork();
        assertThat(out.saidOne().body()).isEqualTo(Octets.of(ToyGss.clientToken(1)));
        login.onRequest(new AuthenticationGssContinue(ToyGss.serverToken(1)), out);
        out.doWork();
        login.onRequest(new AuthenticationOk(), out);
        assertThat(login.isOver()).isTrue();
        assertThat(gss.begun()).containsExactly(Purpose.NEGOTIATED_LOGIN);
    }

    /** Requests by their codes; {@code w} does the work in between, and the last one must break the session. */
    @ParameterizedTest(name = "[S2.1.15] {0}")
    @ValueSource(
            strings = {
                "8",
                "3 8",
                "7 w 0",
                "7 0",
                "7 8",
                "7 w 7",
                "7 w 9",
                "9 w 7",
                "7 w 3",
                "7 w 10",
                "7 w 8 0",
                "7 w 8 8",
                "7 w 8 w 8",
                "7 w 8 w 3",
                "7 w 8 w 7",
                "7 w 8 w 0 8",
                "7 w 8 w 0 0"
            })
    @DisplayName("[S2.1.15, S2.1.12] a request out of order breaks the session; so does Ok before the server has proved"
            + " itself")
    void outOfOrder(String codes) {
        login = new Login(
                new Credentials("alice", "x", true, 1, Binding.PREFER, EnumSet.allOf(Method.class), null, gss),
                Line.OPEN);
        List<String> steps = List.of(codes.split(" ", -1));
        for (String step : steps.subList(0, steps.size() - 1)) {
            take(step);
        }
        out.said();
        String last = steps.get(steps.size() - 1);
        assertThatThrownBy(() -> take(last)).isInstanceOf(ProtocolException.class);
        assertThat(out.said()).isEmpty();
    }

    private void take(String step) {
        if (step.equals("w")) {
            out.doWork();
            return;
        }
        login.onRequest(
                switch (step) {
                    case "0" -> new AuthenticationOk();
                    case "3" -> new AuthenticationCleartextPassword();
                    case "7" -> new AuthenticationGss();
                    case "8" -> new AuthenticationGssContinue(ToyGss.serverToken(1));
                    case "9" -> new AuthenticationSspi();
                    default -> new AuthenticationSasl(List.of("SCRAM-SHA-256"));
                },
                out);
    }

    @Test
    @DisplayName("[S8.26] what requireAuth does not allow is refused, and nobody is asked for a ticket")
    void requireAuth() {
        login = login(EnumSet.complementOf(EnumSet.of(Method.GSS)), Binding.PREFER, Line.OPEN);
        assertRefused(new AuthenticationGss(), "by gss", "requireAuth");
        login = login(EnumSet.complementOf(EnumSet.of(Method.SSPI)), Binding.PREFER, Line.OPEN);
        assertRefused(new AuthenticationSspi(), "by sspi", "requireAuth");
        login = login(EnumSet.of(Method.GSS), Binding.PREFER, Line.OPEN);
        assertRefused(new AuthenticationOk(), "without any authentication", "requireAuth");
        assertThat(gss.begun()).isEmpty();
        assertThat(out.hasWork()).isFalse();
    }

    @ParameterizedTest(name = "requireAuth={0}")
    @EnumSource
    @DisplayName("[S2.10.1, F4] over GSSAPI, Ok without a question is a login by GSSAPI, and is one by nothing else")
    void overGss(Method allowed) {
        login = login(EnumSet.of(allowed), Binding.PREFER, Line.GSS);
        if (allowed == Method.GSS || allowed == Method.NONE) {
            login.onRequest(new AuthenticationOk(), out);
            assertThat(login.isOver()).isTrue();
        } else {
            assertRefused(new AuthenticationOk(), "without any authentication", "requireAuth");
        }
        assertThat(Line.GSS.isProtected()).isTrue();
    }

    @Test
    @DisplayName("[S2.1.16] channelBinding=require is not met by GSSAPI, which binds to no certificate")
    void binding() {
        login = login(EnumSet.allOf(Method.class), Binding.REQUIRE, Line.OPEN);
        assertRefused(new AuthenticationGss(), "GSSAPI", "channelBinding");
        login = login(EnumSet.allOf(Method.class), Binding.REQUIRE, Line.GSS);
        assertRefused(new AuthenticationOk(), "channelBinding");
    }

    @Test
    @DisplayName("[S2.1.11] the end while a token is being made: whoever makes it disposes of the conversation")
    void endedAtWork() {
        gss.onNext(login::end);
        login.onRequest(new AuthenticationGss(), out);
        out.doWork();
        assertThat(gss.open()).isZero();
    }

    @Test
    @DisplayName("[S2.1.11] the end before any work: none is begun, and who comes to do it hears so")
    void endedBeforeWork() {
        login.onRequest(new AuthenticationGss(), out);
        login.end();
        assertThatThrownBy(out::doWork).isInstanceOf(IllegalStateException.class);
        assertThat(gss.begun()).isEmpty();
    }

    @Test
    @DisplayName("[S2.1.11] a token of the server's that is none fails the work, and leaves nothing behind")
    void badToken() {
        login.onRequest(new AuthenticationGss(), out);
        out.doWork();
        out.said();
        login.onRequest(new AuthenticationGssContinue(new byte[] {1}), out);
        assertThatThrownBy(out::doWork).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("a runtime without the module of GSSAPI says so")
    void noModule() {
        gss.onBegin(() -> {
            throw new NoClassDefFoundError("org/ietf/jgss/GSSException");
        });
        login.onRequest(new AuthenticationGss(), out);
        assertThatThrownBy(out::doWork).hasMessageContaining("java.security.jgss");
    }

    private void assertRefused(Authentication request, String... words) {
        assertThatThrownBy(() -> login.onRequest(request, out))
                .isInstanceOfSatisfying(
                        SessionEndException.class,
                        end -> assertThat(end.failure())
                                .isInstanceOfSatisfying(
                                        Failure.Refused.class,
                                        refused -> assertThat(refused.message()).contains(words)));
        assertThat(out.said()).isEmpty();
    }
}
