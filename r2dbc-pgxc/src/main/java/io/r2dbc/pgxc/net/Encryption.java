// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.handler.ssl.SslContext;
import javax.net.ssl.HostnameVerifier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * When connections are encrypted, and with whom they may be (protocol 48.2.9).
 *
 * @param direct whether TLS begins with the first byte, rather than when the server has agreed to it
 * @param verifiesHost whether the certificate must be that of the host that was asked for; whether it must be valid is the context's business
 * @param verified whether a server that has passed is certainly the one that is meant: by the host's name, or by an authority that was chosen for it
 * @param sni whether the host's name is told before encryption begins
 * @param hostnameVerifier decides instead of the usual rules (RFC 6125), if {@code verifiesHost}; must not block
 * @param context made of files, and so not on an event loop; made once
 */
public record Encryption(
        Policy policy,
        boolean direct,
        boolean verifiesHost,
        boolean verified,
        boolean sni,
        @Nullable HostnameVerifier hostnameVerifier,
        Mono<SslContext> context) {

    /** What is tried, and in which order. */
    public enum Policy {
        PLAIN,
        PLAIN_THEN_TLS,
        TLS_THEN_PLAIN,
        TLS
    }

    /** Never. */
    public static final Encryption NONE = new Encryption(Policy.PLAIN, false, false, false, false, null, Mono.empty());

    boolean beginsWithTls() {
        return policy == Policy.TLS_THEN_PLAIN || policy == Policy.TLS;
    }

    boolean mayGoOnWithoutTls() {
        return policy == Policy.TLS_THEN_PLAIN;
    }

    boolean mayGoOnWithTls() {
        return policy == Policy.PLAIN_THEN_TLS;
    }
}
