// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.time.Duration;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What TLS is made of: which files, and which certificates are believed.
 *
 * @param checksChain whether the server's certificate must come from somebody who is trusted
 * @param rootCert whom to trust, in a file; null for those whom the JVM trusts
 * @param cert our own certificate and those above it, in a file
 * @param key its private key, in a file; or a PKCS#12 file with both
 * @param password of the key
 * @param crl certificates that are not valid any more, in a file
 * @param customizer has the last word
 */
public record TlsMaterial(
        boolean checksChain,
        @Nullable String rootCert,
        @Nullable String cert,
        @Nullable String key,
        @Nullable CharSequence password,
        @Nullable String crl,
        Function<? super SslContextBuilder, ? extends SslContextBuilder> customizer) {

    private static final Duration FOR_EVER = Duration.ofMillis(Long.MAX_VALUE);

    /**
     * Returns a context that the first subscriber makes, elsewhere than on an event loop, and that all then share. After a failure, an
     * {@link IllegalArgumentException} that names option and file, the next subscriber tries again.
     */
    public Mono<SslContext> context() {
        return Mono.fromCallable(this::make)
                .subscribeOn(Schedulers.boundedElastic())
                .cache(made -> FOR_EVER, failed -> Duration.ZERO, () -> Duration.ZERO);
    }

    private SslContext make() throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        Tls.APPLICATION_PROTOCOL));
        trust(builder);
        if (cert != null || key != null) {
            KeyFiles.identify(builder, cert, key, password);
        }
        return customizer.apply(builder).build();
    }

    private void trust(SslContextBuilder builder) {
        if (!checksChain) {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        } else if (crl != null) {
            builder.trustManager(TrustFiles.trust(rootCert, crl));
        } else if (rootCert != null) {
            builder.trustManager(TrustFiles.certificates("sslRootCert", rootCert));
        }
    }

    /** Without the password, and without anything that is in the files. */
    @Override
    public String toString() {
        return "TlsMaterial[rootCert=" + rootCert + ", cert=" + cert + ", key=" + key + ", crl=" + crl + "]";
    }
}
