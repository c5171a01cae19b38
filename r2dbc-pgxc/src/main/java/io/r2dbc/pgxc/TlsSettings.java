// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.handler.ssl.SslContextBuilder;
import io.r2dbc.pgxc.net.Encryption;
import io.r2dbc.pgxc.net.TlsMaterial;
import java.util.function.Function;
import javax.net.ssl.HostnameVerifier;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration says about TLS, checked as far as that needs no files.
 */
record TlsSettings(
        SslMode mode,
        SslNegotiation negotiation,
        @Nullable String rootCert,
        @Nullable String cert,
        @Nullable String key,
        @Nullable CharSequence password,
        @Nullable String crl,
        boolean sni,
        @Nullable HostnameVerifier hostnameVerifier,
        Function<? super SslContextBuilder, ? extends SslContextBuilder> contextBuilderCustomizer,
        ChannelBinding channelBinding) {

    TlsSettings {
        Require.that(
                negotiation != SslNegotiation.DIRECT || mode.demandsTls(),
                "option sslNegotiation is direct, but that needs sslMode require, verify-ca or verify-full: without a"
                        + " request for TLS there is no answer that could say that there is none");
        Require.that(
                channelBinding != ChannelBinding.REQUIRE || mode != SslMode.DISABLE,
                "option channelBinding is require, but sslMode is disable: without TLS there is nothing to bind to");
        Require.that(
                crl == null || rootCert != null || mode.verifies(),
                "option sslCrl is set, but sslMode is " + Options.word(mode)
                        + " and sslRootCert is not set: certificates that are not checked cannot be looked up there");
    }

    /** For the connections of one factory, which share what is made of the files. */
    Encryption encryption() {
        if (mode == SslMode.DISABLE) {
            return Encryption.NONE;
        }
        boolean checksChain = mode.verifies() || rootCert != null;
        return new Encryption(
                mode.policy(),
                negotiation == SslNegotiation.DIRECT,
                mode == SslMode.VERIFY_FULL,
                verifiesServer(),
                sni,
                hostnameVerifier,
                new TlsMaterial(checksChain, rootCert, cert, key, password, crl, contextBuilderCustomizer).context());
    }

    /**
     * Whether it is certain who is at the other end. Where any host's certificate will do, and whoever the JVM trusts may have signed it, it
     * is not.
     */
    boolean verifiesServer() {
        return mode == SslMode.VERIFY_FULL || (mode == SslMode.VERIFY_CA && rootCert != null);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "TlsSettings[mode=" + mode + "]";
    }
}
