// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * TLS with one server: the same for its sessions and for the requests to cancel what they do.
 */
record Tls(Encryption encryption, SslContext context, SessionOptions options) {

    /** What clients and servers of PostgreSQL call their protocol (ALPN). */
    static final String APPLICATION_PROTOCOL = "postgresql";

    /** Less than is left of a second when the peer has not taken our last words in time (X16). */
    private static final long PATIENCE_FOR_CLOSE_NOTIFY = 50;

    boolean isDirect() {
        return encryption.direct();
    }

    String address() {
        return options.address();
    }

    /**
     * A handler for one connection. Certificates are checked, and keys made, elsewhere than on the event loop; how long that may take is
     * the connect timeout's business.
     */
    SslHandler handler(ByteBufAllocator allocator) {
        SslHandler handler = context.newHandler(
                allocator,
                options.host(),
                options.port(),
                task -> Schedulers.boundedElastic().schedule(task));
        handler.setHandshakeTimeoutMillis(0);
        handler.setCloseNotifyFlushTimeoutMillis(PATIENCE_FOR_CLOSE_NOTIFY);
        SSLParameters parameters = handler.engine().getSSLParameters();
        boolean byTheRules = encryption.verifiesHost() && encryption.hostnameVerifier() == null;
        // an empty name switches it off; with null some engines keep what they have
        parameters.setEndpointIdentificationAlgorithm(byTheRules ? "HTTPS" : "");
        parameters.setServerNames(serverNames());
        handler.engine().setSSLParameters(parameters);
        return handler;
    }

    private List<SNIServerName> serverNames() {
        String host = withoutFinalDot(options.host());
        if (!encryption.sni() || NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
            return List.of();
        }
        try {
            return List.of(new SNIHostName(host));
        } catch (IllegalArgumentException noHostName) {
            return List.of();
        }
    }

    private static String withoutFinalDot(String host) {
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    /** Whether the user's own verifier, where there is one, takes the certificate for the host's. */
    boolean accepts(SSLSession session) {
        return !encryption.verifiesHost()
                || encryption.hostnameVerifier() == null
                || encryption.hostnameVerifier().verify(options.host(), session);
    }

    static @Nullable X509Certificate certificate(SSLSession session) {
        try {
            Certificate[] chain = session.getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate leaf ? leaf : null;
        } catch (SSLPeerUnverifiedException anonymous) {
            return null;
        }
    }
}
