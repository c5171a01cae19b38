// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.r2dbc.pgxc.exchange.Credentials.Binding;
import io.r2dbc.pgxc.exchange.Credentials.Method;
import io.r2dbc.pgxc.exchange.Credentials.Token;
import io.r2dbc.pgxc.testing.ScramServer;
import io.r2dbc.pgxc.testing.ToyGss;
import io.r2dbc.pgxc.wire.BackendMessage.Authentication;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationCleartextPassword;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationGss;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationGssContinue;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationMd5Password;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationOk;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSasl;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSaslContinue;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSaslFinal;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationSspi;
import io.r2dbc.pgxc.wire.BackendMessage.AuthenticationUnsupported;
import io.r2dbc.pgxc.wire.ClientMessage;
import io.r2dbc.pgxc.wire.Octets;
import io.r2dbc.pgxc.wire.ProtocolException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LoginTest {

    private static final String PASSWORD = "correct horse";
    private static final Token TOKEN = new Token("abc.def", null);
    private static final Line VERIFIED = new Line(true, true, true, false, null);

    private final RecordingOutbox out = new RecordingOutbox();
    private final ScramServer server = new ScramServer(PASSWORD, 4096);
    private boolean begun;

    @Test
    @DisplayName("[S2.1.4] trust: AuthenticationOk alone lets in, and nothing is said")
    void trust() {
        Login login = login(null, false);
        login.onRequest(new AuthenticationOk(), out);
        assertThat(login.isOver()).isTrue();
        assertThat(out.said()).isEmpty();
    }

    @Test
    @DisplayName("[S2.1.14] clear text where that is allowed: the password as one terminated string")
    void clearText() {
        Login login = login(PASSWORD, true);
        login.onRequest(new AuthenticationCleartextPassword(), out);
        assertThat(out.saidOne().password()).isEqualTo(PASSWORD);
        login.onRequest(new AuthenticationOk(), out);
        assertThat(login.isOver()).isTrue();
    }

    @Test
    @DisplayName(
            "[X35, F5, S8.26, S2.1.16] a clear-text password does not leave over an unprotected line: refused, nothing"
                    + " said")
    void clearTextRefused() {
        Login login = login(PASSWORD, false);
        assertRefused(login, new AuthenticationCleartextPassword(), "clear text", "allowCleartextPassword");
    }

    @ParameterizedTest(name = "[F4] {0}")
    @CsvSource({
        "PASSWORD,password",
        "MD5,md5",
        "SCRAM_SHA_256,scram-sha-256",
        "OAUTH,oauth",
        "GSS,gss",
        "SSPI,sspi",
        "NONE,without any"
    })
    @DisplayName("[F4] what requireAuth does not allow is refused, and nothing is said; what it allows goes on")
    void requireAuth(Method asked, String told) {
        Authentication request = switch (asked) {
            case PASSWORD -> new AuthenticationCleartextPassword();
            case MD5 -> new AuthenticationMd5Password(new byte[4]);
            case SCRAM_SHA_256 -> new AuthenticationSasl(List.of("SCRAM-SHA-256"));
            case OAUTH -> new AuthenticationSasl(List.of("OAUTHBEARER"));
            case GSS -> new AuthenticationGss();
            case SSPI -> new AuthenticationSspi();
            case NONE -> new AuthenticationOk();
        };
        Set<Method> others = EnumSet.complementOf(EnumSet.of(asked));
        assertRefused(login(others), request, told, "requireAuth");
        Login login = login(EnumSet.of(asked));
        login.onRequest(request, out);
        assertThat(login.isOver()).isEqualTo(asked == Method.NONE);
    }

    @Test
    @DisplayName("[F4] to have let in after a password is not to have let in without any authentication")
    void notWithoutAuthentication() {
        Login login = login(EnumSet.of(Method.PASSWORD));
        login.onRequest(new AuthenticationCleartextPassword(), out);
        login.onRequest(new AuthenticationOk(), out);
        assertThat(login.isOver()).isTrue();
    }

    private static Login login(Set<Method> methods) {
        return new Login(
                new Credentials("alice", PASSWORD, true, 100_000, Binding.PREFER, methods, TOKEN, new ToyGss(1)),
                VERIFIED);
    }

    @Test
    @DisplayName("[S2.1.13] MD5: the answer of the test vector, user and salt in it")
    void md5() {
        Login login = new Login(new Credentials("alice", "secret", false, 100_000), Line.OPEN);
        login.onRequest(new AuthenticationMd5Password(new byte[] {1, 2, 3, 4}), out);
        assertThat(out.saidOne().password()).isEqualTo("md598a0412b9c31436fc53776e863350083");
        login.onRequest(new AuthenticationOk(), out);
        assertThat(login.isOver()).isTrue();
    }

    @Test
    @DisplayName(
            "[S2.11.1, S2.11.2, S2.11.9] SCRAM: the offer is taken, the server is convinced, its signature believed,"
                    + " and only then Ok")
    void scram() {
        Login login = login(PASSWORD, false);
        proveTo(server, login);
        assertThat(server.isConvinced()).isTrue();
        answer(login, server.verdict());
        assertThat(login.isOver()).isFalse();
        login.onRequest(new AuthenticationOk(), out);
        assertThat(login.isOver()).isTrue();
        assertThat(out.said()).isEmpty();
    }

    @Test
    @DisplayName("[S2.11.9] SCRAM with another password does not convince the server")
    void scramWrongPassword() {
        proveTo(server, login("wrong horse", false));
        assertThat(server.isConvinced()).isFalse();
    }

    @ParameterizedTest(name = "[S2.11.10, F3] {0}")
    @ValueSource(strings = {"v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "e=other-error", "v=", "", "x=1"})
    @DisplayName("[S2.11.10, F3, F2] a server that does not prove that it knows the password is refused")
    void serverWithoutProof(String serverFinal) {
        Login login = login(PASSWORD, false);
        proveTo(server, login);
        assertRefused(login, new AuthenticationSaslFinal(serverFinal.getBytes(US_ASCII)));
        assertThat(login.isOver()).isFalse();
    }

    @Test
    @DisplayName(
            "[F1, S2.11.7, S8.28, E9] too many SCRAM iterations: refused before any hashing, by the name of the option")
    void iterationCap() {
        Login login = login(PASSWORD, false);
        login.onRequest(new AuthenticationSasl(List.of("SCRAM-SHA-256")), out);
        out.doWork();
        ScramServer costly = new ScramServer(PASSWORD, 100_001);
        costly.hearFirst(out.saidOne());
        assertRefused(login, continued(costly.challenge()), "scramMaxIterations");
        assertThat(out.hasWork()).isFalse();
    }

    @ParameterizedTest(name = "[F3] {0}")
    @ValueSource(
            strings = {
                "r=mine,s=QUFBQQ==,i=4096",
                "r=,s=QUFBQQ==,i=4096",
                "r=@,s=QUFBQQ==,i=4096",
                "r=@x,s=!,i=4096",
                "r=@x,s=QUFBQQ==,i=0",
                "r=@x,s=QUFBQQ==,i=-1",
                "r=@x,s=QUFBQQ==",
                "m=future,r=@x,s=QUFBQQ==,i=4096",
                ""
            })
    @DisplayName("[F3, S2.11.7] a bad challenge is refused and no proof leaves")
    void badChallenge(String template) {
        Login login = login(PASSWORD, false);
        login.onRequest(new AuthenticationSasl(List.of("SCRAM-SHA-256")), out);
        out.doWork();
        String nonce = out.saidOne().initialResponse().substring("n,,n=,r=".length());
        String challenge = template.replace("@", nonce);
        assertRefused(login, new AuthenticationSaslContinue(challenge.getBytes(US_ASCII)));
        assertThat(out.hasWork()).isFalse();
    }

    @Test
    @DisplayName("[S2.11.3] SCRAM-SHA-256-PLUS offered without TLS: somebody took TLS away, nothing is said")
    void plusWithoutTls() {
        Login login = login(PASSWORD, false);
        assertThatThrownBy(() ->
                        login.onRequest(new AuthenticationSasl(List.of("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256")), out))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("TLS");
        assertThat(out.said()).isEmpty();
    }

    @Test
    @DisplayName("[S2.11.1] no mechanism that the driver knows: refused, and the error lists what was offered")
    void unknownMechanisms() {
        assertRefused(login(PASSWORD, false), new AuthenticationSasl(List.of("GS2-KRB5", "X")), "GS2-KRB5", "X");
    }

    @Test
    @DisplayName("[S2.1.8] a password is asked for and none is set: refused, and the error says which option to set")
    void noPassword() {
        assertRefused(login(null, true), new AuthenticationCleartextPassword(), "option password");
        assertRefused(login(null, true), new AuthenticationMd5Password(new byte[4]), "option password");
        assertRefused(login(null, true), new AuthenticationSasl(List.of("SCRAM-SHA-256")), "option password");
    }

    @ParameterizedTest(name = "[S2.1.10] code {0}")
    @CsvSource({
        "1, Kerberos V4",
        "2, Kerberos V5",
        "4, crypt",
        "6, SCM",
        "7, GSSAPI",
        "9, SSPI",
        "99, unknown method 99"
    })
    @DisplayName("[S2.1.10] an authentication request that the driver does not support, or not over a Unix socket, is"
            + " refused by its name")
    void unsupported(int code, String name) {
        Authentication request = switch (code) {
            case 7 -> new AuthenticationGss();
            case 9 -> new AuthenticationSspi();
            default -> new AuthenticationUnsupported(code);
        };
        assertRefused(login(PASSWORD, true), request, name);
    }

    /** Requests by their codes; {@code c} computes the proof in between, and the last one must break the session. */
    @ParameterizedTest(name = "[S2.1.15, S2.1.12] {0}")
    @ValueSource(
            strings = {
                "11",
                "12",
                "8",
                "3 3",
                "3 5",
                "5 3",
                "3 10",
                "5 10",
                "3 11",
                "3 12",
                "3 7",
                "3 99",
                "10 0",
                "10 3",
                "10 5",
                "10 10",
                "10 12",
                "10 7",
                "10 11 0",
                "10 11 10",
                "10 11 11",
                "10 11 12",
                "10 11 3",
                "10 11 c 0",
                "10 11 c 10",
                "10 11 c 11",
                "10 11 c 3",
                "10 11 c 12 12",
                "10 11 c 12 11",
                "10 11 c 12 10",
                "10 11 c 12 3",
                "0 0",
                "0 3",
                "0 10",
                "0 11",
                "0 12",
                "10 11 c 12 0 0",
                "3 0 0"
            })
    @DisplayName("[S2.1.15, S2.1.12, F2, F3, S8.27, S8.29] a request out of order breaks the session")
    void outOfOrder(String codes) {
        Login login = login(PASSWORD, true);
        List<String> steps = List.of(codes.split(" ", -1));
        for (String step : steps.subList(0, steps.size() - 1)) {
            take(login, step);
        }
        out.said();
        String last = steps.get(steps.size() - 1);
        Throwable broken = catchThrowable(() -> take(login, last));
        assertThat(broken).isInstanceOf(ProtocolException.class);
        assertThat(out.said()).isEmpty();
    }

    @Test
    @DisplayName("[SA7] neither failures nor credentials show the password")
    void passwordIsNotShown() {
        assertThat(new Credentials("alice", PASSWORD, true, 1).toString()).doesNotContain(PASSWORD);
        Throwable refusal =
                catchThrowable(() -> login(PASSWORD, false).onRequest(new AuthenticationCleartextPassword(), out));
        assertThat(refusal.toString()).doesNotContain(PASSWORD);
    }

    private void take(Login login, String step) {
        switch (step) {
            case "0" -> login.onRequest(new AuthenticationOk(), out);
            case "3" -> login.onRequest(new AuthenticationCleartextPassword(), out);
            case "5" -> login.onRequest(new AuthenticationMd5Password(new byte[4]), out);
            case "7" -> login.onRequest(new AuthenticationGss(), out);
            case "8" -> login.onRequest(new AuthenticationGssContinue(new byte[0]), out);
            case "10" -> {
                login.onRequest(new AuthenticationSasl(List.of("SCRAM-SHA-256")), out);
                out.doWork();
                server.hearFirst(out.saidOne());
                begun = true;
            }
            case "11" -> login.onRequest(continued(begun ? server.challenge() : ScramServer.challenge("r=")), out);
            case "c" -> {
                out.doWork();
                server.hearProof(out.saidOne());
            }
            case "12" -> answer(login, server.verdict());
            default -> login.onRequest(new AuthenticationUnsupported(Integer.parseInt(step)), out);
        }
    }

    private void proveTo(ScramServer scram, Login login) {
        login.onRequest(new AuthenticationSasl(List.of("SCRAM-OF-THE-FUTURE", "SCRAM-SHA-256")), out);
        out.doWork();
        scram.hearFirst(out.saidOne());
        login.onRequest(continued(scram.challenge()), out);
        assertThat(out.said()).isEmpty();
        out.doWork();
        ClientMessage.Authentication proof = out.saidOne();
        scram.hearProof(proof);
    }

    private void answer(Login login, Octets saslFinal) {
        login.onRequest(
                new AuthenticationSaslFinal(saslFinal.slice(9, saslFinal.size()).bytes()), out);
    }

    private static AuthenticationSaslContinue continued(Octets message) {
        return new AuthenticationSaslContinue(message.slice(9, message.size()).bytes());
    }

    private void assertRefused(Login login, Authentication request, String... words) {
        assertThatThrownBy(() -> login.onRequest(request, out))
                .isInstanceOfSatisfying(
                        SessionEndException.class,
                        end -> assertThat(end.failure()).isInstanceOfSatisfying(Failure.Refused.class, refused -> {
                            for (String word : words) {
                                assertThat(refused.message()).contains(word);
                            }
                        }));
        assertThat(out.said()).isEmpty();
    }

    private static Login login(@Nullable String password, boolean mayBeClearText) {
        return new Login(new Credentials("alice", password, mayBeClearText, 100_000), Line.OPEN);
    }
}
