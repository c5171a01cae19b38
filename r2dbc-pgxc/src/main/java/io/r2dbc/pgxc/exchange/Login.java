// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.auth.AuthenticationException;
import io.r2dbc.pgxc.auth.ChannelBinding;
import io.r2dbc.pgxc.auth.GssMechanism.Purpose;
import io.r2dbc.pgxc.auth.Md5Password;
import io.r2dbc.pgxc.auth.OAuthBearer;
import io.r2dbc.pgxc.auth.ScramClient;
import io.r2dbc.pgxc.exchange.Credentials.Binding;
import io.r2dbc.pgxc.exchange.Credentials.Method;
import io.r2dbc.pgxc.exchange.Outbox.Load;
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
import io.r2dbc.pgxc.wire.FrontendMessage.GssResponse;
import io.r2dbc.pgxc.wire.FrontendMessage.Password;
import io.r2dbc.pgxc.wire.FrontendMessage.SaslInitialResponse;
import io.r2dbc.pgxc.wire.FrontendMessage.SaslResponse;
import io.r2dbc.pgxc.wire.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers the server's authentication requests, in the only orders that are legal (protocol 48.2.1).
 *
 * <p>A token that the server has refused ends it too: only its error may follow ({@link TokenLogin}).
 *
 * <p>Once SCRAM has begun, nothing but a verified server signature leads on: a server that skips its proof is refused (S2.1.12).
 * So it is with GSSAPI, in which the server proves itself too.
 * With {@code channelBinding=require} nothing but SCRAM that is bound to the server's certificate does (S2.1.16).
 */
final class Login {

    private enum Awaits {
        REQUEST,
        OK,
        SCRAM_CHALLENGE,
        SCRAM_FINAL,
        TOKEN_VERDICT,
        ERROR,
        GSS_TOKEN,
        NOTHING
    }

    private final Credentials credentials;
    private final Line line;
    private final TokenLogin token;
    private Awaits awaits = Awaits.REQUEST;
    private boolean computing;
    private boolean bound;
    private @Nullable ScramClient scram;
    private @Nullable GssTalk gss;
    private boolean thinking;

    Login(Credentials credentials, Line line) {
        this.credentials = credentials;
        this.line = line;
        this.token = new TokenLogin(credentials, line);
    }

    boolean isOver() {
        return awaits == Awaits.NOTHING;
    }

    boolean hasBegun() {
        return awaits != Awaits.REQUEST;
    }

    /** Whether what the server says next can be understood only when it is known what its last word meant. */
    boolean isThinking() {
        return thinking;
    }

    /** Whether it is our turn, and takes a while: something is computed, or others are asked. */
    boolean isAtWork() {
        return thinking || computing || (awaits == Awaits.SCRAM_CHALLENGE && scram == null);
    }

    void end() {
        if (scram != null && !computing) {
            scram.destroy();
        }
        if (gss != null) {
            gss.end();
        }
    }

    /** The same failure, with what the server has said of it during the login. */
    Failure explained(Failure failure) {
        return token.explained(failure);
    }

    void onRequest(Authentication request, Outbox out) {
        try {
            answer(request, out);
        } catch (AuthenticationException e) {
            throw refused(String.valueOf(e.getMessage()), e);
        }
    }

    private void answer(Authentication request, Outbox out) {
        if (request instanceof AuthenticationOk) {
            onOk();
        } else if (request instanceof AuthenticationSaslContinue challenge) {
            onChallenge(challenge, out);
        } else if (request instanceof AuthenticationSaslFinal last) {
            onFinal(last);
        } else if (request instanceof AuthenticationGssContinue token) {
            onGssToken(token, out);
        } else if (awaits != Awaits.REQUEST) {
            throw outOfOrder(request);
        } else if (request instanceof AuthenticationSasl sasl && token.isFor(sasl.mechanisms())) {
            require(Method.OAUTH);
            onTokenWanted(out);
        } else if (request instanceof AuthenticationSasl sasl) {
            require(Method.SCRAM_SHA_256);
            onSasl(sasl.mechanisms(), out);
        } else if (mustBind()) {
            throw unbound("The server asks for authentication by " + method(request) + ", which binds to nothing");
        } else if (request instanceof AuthenticationCleartextPassword) {
            require(Method.PASSWORD);
            sendPassword(clearText(), out);
        } else if (request instanceof AuthenticationMd5Password md5) {
            require(Method.MD5);
            sendPassword(Md5Password.answer(utf8(credentials.user()), utf8(password()), md5.salt()), out);
        } else if (request instanceof AuthenticationGss) {
            require(Method.GSS);
            beginGss(request, Purpose.LOGIN, out);
        } else if (request instanceof AuthenticationSspi) {
            require(Method.SSPI);
            beginGss(request, Purpose.NEGOTIATED_LOGIN, out);
        } else {
            throw refused(
                    "The server asks for authentication by " + method(request)
                            + ", which this driver does not know; it knows trust, password, md5, scram-sha-256, oauth, gss"
                            + " and sspi",
                    null);
        }
    }

    private void onOk() {
        if (awaits == Awaits.ERROR) {
            throw new ProtocolException("AuthenticationOk came after the server had refused the OAuth token");
        }
        if (awaits != Awaits.REQUEST && awaits != Awaits.OK && awaits != Awaits.TOKEN_VERDICT) {
            throw new ProtocolException("AuthenticationOk came in the middle of " + (gss == null ? "SCRAM" : "GSSAPI")
                    + ", before the server proved who it is");
        }
        if (mustBind() && !bound) {
            throw unbound("The server lets in whoever comes, without a login that could be bound");
        }
        boolean known = line.isGss() && credentials.methods().contains(Method.GSS);
        if (awaits == Awaits.REQUEST && !known) {
            require(Method.NONE);
        }
        awaits = Awaits.NOTHING;
        end();
    }

    private void require(Method asked) {
        if (!credentials.methods().contains(asked)) {
            throw refused(
                    (asked == Method.NONE
                                    ? "The server lets in whoever comes, without any authentication"
                                            + (line.isGss() ? " but that by GSSAPI" : "")
                                    : "The server asks for authentication by " + asked)
                            + ", and requireAuth allows " + credentials.methods() + " only",
                    null);
        }
    }

    private boolean mustBind() {
        return credentials.binding() == Binding.REQUIRE;
    }

    private void sendPassword(byte[] password, Outbox out) {
        out.send(new Password(password));
        awaits = Awaits.OK;
    }

    private byte[] clearText() {
        if (!line.isProtected() && !credentials.mayBeClearText()) {
            throw refused(
                    "The server asks for the password in clear text over a connection that is not encrypted. Let the"
                            + " server use scram-sha-256, or set allowCleartextPassword=true if the network is trusted",
                    null);
        }
        return utf8(password());
    }

    private void onTokenWanted(Outbox out) {
        if (mustBind()) {
            throw unbound("The server asks for an OAuth token, which binds to nothing");
        }
        token.show(out);
        awaits = Awaits.TOKEN_VERDICT;
    }

    private void onSasl(List<String> mechanisms, Outbox out) {
        boolean plus = mechanisms.contains(ScramClient.MECHANISM_PLUS);
        if (plus && !line.isEncrypted()) {
            throw new ProtocolException(
                    "The server offers SCRAM-SHA-256-PLUS, which needs TLS, on a connection without TLS:"
                            + " something between here and the server took TLS away");
        }
        ChannelBinding binding = binding(plus);
        if (!binding.binds() && !mechanisms.contains(ScramClient.MECHANISM)) {
            throw refused(
                    "The server offers " + mechanisms + " only; this driver knows " + ScramClient.MECHANISM
                            + ", and over TLS " + ScramClient.MECHANISM_PLUS + " and " + OAuthBearer.MECHANISM,
                    null);
        }
        CharSequence password = password();
        awaits = Awaits.SCRAM_CHALLENGE;
        // the nonce comes from the system's random numbers, and asking for those may block
        out.offload(
                Load.COMPUTES, () -> new ScramClient(password, credentials.scramMaxIterations(), binding), client -> {
                    scram = client;
                    out.send(new SaslInitialResponse(client.mechanism(), client.clientFirst()));
                });
    }

    /** To say that binding was possible to a server that has offered it would be taken for an attack, so that is said of no other. */
    private ChannelBinding binding(boolean offered) {
        byte[] hash = line.endPointHash();
        if (hash != null && offered && credentials.binding() != Binding.DISABLE) {
            return ChannelBinding.serverEndPoint(hash);
        }
        if (mustBind()) {
            throw unbound(whyNot(offered));
        }
        return hash == null || credentials.binding() == Binding.DISABLE
                ? ChannelBinding.NONE
                : ChannelBinding.NOT_OFFERED;
    }

    private String whyNot(boolean offered) {
        if (!line.isEncrypted()) {
            return "The connection is not encrypted";
        }
        return offered
                ? "The signature of the server's certificate does not say by which hash to bind"
                : "The server does not offer " + ScramClient.MECHANISM_PLUS;
    }

    private void onChallenge(AuthenticationSaslContinue challenge, Outbox out) {
        if (awaits == Awaits.TOKEN_VERDICT) {
            awaits = Awaits.ERROR;
            token.onRefusal(challenge.data(), out);
            return;
        }
        ScramClient client = scram;
        if (awaits != Awaits.SCRAM_CHALLENGE || client == null) {
            throw outOfOrder(challenge);
        }
        client.serverFirst(challenge.data());
        awaits = Awaits.SCRAM_FINAL;
        computing = true;
        out.offload(Load.COMPUTES, client::clientFinal, answer -> {
            computing = false;
            out.send(new SaslResponse(answer));
        });
    }

    private void onFinal(AuthenticationSaslFinal last) {
        if (awaits != Awaits.SCRAM_FINAL || computing || scram == null) {
            throw outOfOrder(last);
        }
        scram.serverFinal(last.data());
        if (!scram.isVerified()) {
            throw refused("The server did not prove that it knows the password", null);
        }
        bound = scram.mechanism().equals(ScramClient.MECHANISM_PLUS);
        awaits = Awaits.OK;
    }

    private void beginGss(Authentication request, Purpose purpose, Outbox out) {
        GssTalk talk = credentials.gssTalk(purpose);
        if (talk == null) {
            throw refused(
                    "The server asks for authentication by " + method(request)
                            + " over a Unix socket, where there is no name of a host by which Kerberos could know it",
                    null);
        }
        gss = talk;
        think(talk, new byte[0], out);
    }

    private void onGssToken(AuthenticationGssContinue token, Outbox out) {
        GssTalk talk = gss;
        if (awaits != Awaits.GSS_TOKEN || thinking || talk == null) {
            throw outOfOrder(token);
        }
        think(talk, token.data(), out);
    }

    /** Kerberos asks its own servers, and the server, which may have said its last word, may be ahead of that. */
    private void think(GssTalk talk, byte[] token, Outbox out) {
        awaits = Awaits.GSS_TOKEN;
        thinking = true;
        out.offload(Load.WAITS, () -> talk.next(token), answer -> {
            thinking = false;
            if (answer.length > 0) {
                out.send(new GssResponse(answer));
            }
            if (talk.isEstablished()) {
                awaits = Awaits.OK;
            }
        });
    }

    private CharSequence password() {
        CharSequence password = credentials.password();
        if (password == null) {
            throw refused("The server asks for a password and none is set; set the option password", null);
        }
        return password;
    }

    private static byte[] utf8(CharSequence text) {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String method(Authentication request) {
        if (request instanceof AuthenticationUnsupported other) {
            return other.method();
        }
        if (request instanceof AuthenticationGss) {
            return "GSSAPI";
        }
        if (request instanceof AuthenticationCleartextPassword) {
            return "password";
        }
        if (request instanceof AuthenticationMd5Password) {
            return "md5";
        }
        return request instanceof AuthenticationSspi
                ? "SSPI"
                : request.getClass().getSimpleName();
    }

    private static SessionEndException unbound(String why) {
        return refused(
                why + ", and channelBinding=require demands a login that is bound to the server's certificate", null);
    }

    private static ProtocolException outOfOrder(Authentication request) {
        return new ProtocolException(request.getClass().getSimpleName() + " came out of order");
    }

    static SessionEndException refused(String message, @Nullable Throwable cause) {
        return new SessionEndException(new Failure.Refused(message, cause));
    }
}
