// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a server does not take a token, as it says itself (RFC 7628 section 3.2.2); believed by nobody, and shown to people.
 *
 * @param status the kind of trouble, {@code invalid_token} for example
 * @param scope what a token would have to be good for
 * @param configuration where the description of the issuer can be had from which the server takes tokens
 */
record OAuthRefusal(
        @Nullable String status,
        @Nullable String scope,
        @Nullable String configuration) {

    /** Far above what any server sends, far below what could hurt. */
    private static final int MAX_LENGTH = 8192;

    private static final int SHOWN_AT_MOST = 200;
    private static final String WELL_KNOWN = "/.well-known/";

    /** Reads what can be read: whatever it is, the login has failed, and the server's error is still to come. */
    static OAuthRefusal read(byte[] json) {
        Map<String, String> said =
                json.length > MAX_LENGTH ? Map.of() : JsonTexts.of(new String(json, StandardCharsets.UTF_8));
        return new OAuthRefusal(said.get("status"), said.get("scope"), said.get("openid-configuration"));
    }

    /** In printable ASCII, within bounds, and without the token, which a server might repeat. */
    String told(String token, @Nullable String trustedIssuer) {
        StringBuilder told = new StringBuilder("the server's reason to refuse the OAuth token: ")
                .append(status == null ? "none that can be read" : shown(status, token));
        if (scope != null) {
            told.append("; the scope it wants: ").append(shown(scope, token));
        }
        if (configuration != null) {
            told.append("; its openid-configuration: ").append(shown(configuration, token));
            if (trustedIssuer != null && !issuer(configuration).equals(issuer(trustedIssuer))) {
                told.append(", which is not that of oauthIssuer ").append(trustedIssuer);
            }
        }
        return told.toString();
    }

    private static String shown(String said, String token) {
        StringBuilder printable = new StringBuilder();
        said.chars().filter(c -> c >= ' ' && c <= '~').forEach(c -> printable.append((char) c));
        String shown = printable.toString().replace(token, "(hidden)");
        return shown.length() <= SHOWN_AT_MOST ? shown : shown.substring(0, SHOWN_AT_MOST) + "...";
    }

    /**
     * Whose description is there. The well-known part is at the end (OpenID Connect Discovery) or between the host and the issuer's path
     * (RFC 8414).
     */
    private static String issuer(String url) {
        int from = url.indexOf(WELL_KNOWN);
        int to = from < 0 ? -1 : url.indexOf('/', from + WELL_KNOWN.length());
        String issuer = from < 0 ? url : url.substring(0, from) + (to < 0 ? "" : url.substring(to));
        return issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    }
}
