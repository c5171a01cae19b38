// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.r2dbc.pgxc.auth.OAuthBearer;
import io.r2dbc.pgxc.exchange.Credentials.Token;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * What the configuration says about OAuth: where tokens come from, whose they are, and that they may be sent at all.
 *
 * @param source asked for every connection; null if there is none
 * @param issuer null if it is not said
 */
record OAuthSettings(
        @Nullable Mono<String> source, @Nullable String issuer) {

    /** Refuses what could never be of use over connections that are made so. */
    OAuthSettings over(TlsSettings tls) {
        Require.that(
                source == null || tls.verifiesServer(),
                "option oauthToken is set, but sslMode is " + Options.word(tls.mode())
                        + (tls.mode() == SslMode.VERIFY_CA ? " and sslRootCert is not set" : "")
                        + ": a token lets in whoever has it, so it is only sent where it is certain who gets it, with"
                        + " sslMode=verify-full, or with verify-ca and sslRootCert");
        Require.that(
                issuer == null || source != null,
                "option oauthIssuer is set, but oauthToken is not: it is of no use without tokens");
        return this;
    }

    /** Asked for every connection; empty if there is no source, an error if the source has none. */
    Mono<Optional<Token>> token() {
        return source == null
                ? Mono.just(Optional.empty())
                : source.map(value -> Optional.of(new Token(value, issuer)));
    }

    /** The tokens of a publisher, each looked at before anything is sent. */
    static Mono<String> tokens(Publisher<? extends CharSequence> publisher) {
        return Mono.from(publisher)
                .map(OAuthSettings::checked)
                .switchIfEmpty(
                        Mono.error(() -> new IllegalArgumentException("option oauthToken has supplied no token")));
    }

    private static String checked(CharSequence given) {
        String token = given.toString();
        String objection = OAuthBearer.objection(token);
        Require.that(objection == null, "what option oauthToken has supplied " + objection);
        return token;
    }

    /** Returns the address of an issuer as it was given, if it is one. */
    static String issuer(String given) {
        Require.that(given.indexOf('@') < 0, "option oauthIssuer must be the URL of an issuer, without a user in it");
        Require.that(
                isAddress(given),
                "option oauthIssuer is '" + ErrorText.escaped(given)
                        + "', but must be the URL of an issuer, such as https://issuer.example/realm");
        return given;
    }

    private static boolean isAddress(String given) {
        try {
            URI uri = new URI(given);
            return ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null;
        } catch (URISyntaxException notAnAddress) {
            return false;
        }
    }

    /** Without anything that might say where tokens come from. */
    @Override
    public String toString() {
        return "OAuthSettings[issuer=" + issuer + "]";
    }
}
