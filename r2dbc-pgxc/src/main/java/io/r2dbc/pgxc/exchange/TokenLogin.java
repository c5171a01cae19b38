// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

import io.r2dbc.pgxc.auth.OAuthBearer;
import io.r2dbc.pgxc.auth.ScramClient;
import io.r2dbc.pgxc.exchange.Credentials.Binding;
import io.r2dbc.pgxc.exchange.Credentials.Method;
import io.r2dbc.pgxc.exchange.Credentials.Token;
import io.r2dbc.pgxc.exchange.Failure.ConnectionLost;
import io.r2dbc.pgxc.exchange.Failure.ServerError;
import io.r2dbc.pgxc.wire.FrontendMessage.SaslInitialResponse;
import io.r2dbc.pgxc.wire.FrontendMessage.SaslResponse;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a login is by an OAuth token, shows it, and remembers what the server has against it (protocol 48.2.11).
 */
final class TokenLogin {

    private final Credentials credentials;
    private final Line line;
    private @Nullable OAuthBearer bearer;

    TokenLogin(Credentials credentials, Line line) {
        this.credentials = credentials;
        this.line = line;
    }

    /**
     * Whether an offer is to be answered by the token: it is all that is offered, or it may be shown and the server would rather have it
     * than the password, or there is no password that could be used.
     */
    boolean isFor(List<String> mechanisms) {
        int token = mechanisms.indexOf(OAuthBearer.MECHANISM);
        int password =
                earlier(mechanisms.indexOf(ScramClient.MECHANISM_PLUS), mechanisms.indexOf(ScramClient.MECHANISM));
        if (token < 0 || password < 0) {
            return token >= 0;
        }
        boolean takesPassword =
                credentials.password() != null && credentials.methods().contains(Method.SCRAM_SHA_256);
        return mayBeShown() && (token < password || !takesPassword);
    }

    private static int earlier(int one, int other) {
        return one < 0 || other < 0 ? Math.max(one, other) : Math.min(one, other);
    }

    private boolean mayBeShown() {
        return credentials.token() != null
                && line.isVerified()
                && credentials.methods().contains(Method.OAUTH)
                && credentials.binding() != Binding.REQUIRE;
    }

    /** Shows the token, if there is one and this is the server it is for. */
    void show(Outbox out) {
        Token token = credentials.token();
        if (token == null) {
            throw Login.refused("The server asks for an OAuth token and none is set; set the option oauthToken", null);
        }
        if (!line.isVerified()) {
            throw Login.refused(
                    "The server asks for an OAuth token over a connection that "
                            + (line.isEncrypted() ? "does not show for certain who it is" : "is not encrypted by TLS")
                            + ". Tokens are sent over TCP with sslMode=verify-full only, or with verify-ca and"
                            + " sslRootCert",
                    null);
        }
        bearer = new OAuthBearer(token.value(), token.issuer());
        byte[] response = bearer.initialResponse();
        out.send(new SaslInitialResponse(OAuthBearer.MECHANISM, response));
        Arrays.fill(response, (byte) 0);
    }

    /** Answers the refusal, so that the server goes on to its error. */
    void onRefusal(byte[] reasons, Outbox out) {
        if (bearer != null) {
            out.send(new SaslResponse(bearer.refused(reasons)));
        }
    }

    /** The same failure, with what the server has against the token. */
    Failure explained(Failure failure) {
        String reason = bearer == null ? null : bearer.reason();
        if (reason != null && failure instanceof ServerError error) {
            return error.withRemark(reason);
        }
        if (reason != null && failure instanceof ConnectionLost lost) {
            return new ConnectionLost(lost.sqlState(), lost.message() + " (" + reason + ")", lost.cause());
        }
        return failure;
    }
}
