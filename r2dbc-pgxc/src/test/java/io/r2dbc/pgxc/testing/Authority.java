// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.testing;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;

/** Somebody who signs certificates, made for one test, and the files that a client would have of it. */
public final class Authority {

    private final X509Bundle root;

    private Authority(X509Bundle root) {
        this.root = root;
    }

    public static Authority create(String name) {
        return new Authority(made(() -> new CertificateBuilder()
                .subject("CN=" + name)
                .setIsCertificateAuthority(true)
                .ecp256()
                .buildSelfSigned()));
    }

    /** Another authority that this one vouches for. */
    public Authority intermediate(String name) {
        return new Authority(made(() -> new CertificateBuilder()
                .subject("CN=" + name)
                .setIsCertificateAuthority(true)
                .ecp256()
                .buildIssuedBy(root)));
    }

    /** Signs a certificate; the changes say for whom. */
    public X509Bundle sign(UnaryOperator<CertificateBuilder> changes) {
        return made(() -> changes.apply(
                        new CertificateBuilder().subject("CN=somebody").ecp256())
                .buildIssuedBy(root));
    }

    /** A certificate for the names and addresses by which a server on loopback can be reached. */
    public X509Bundle signLoopback() {
        return sign(builder ->
                builder.subject("CN=server").addSanDnsName("localhost").addSanIpAddress("127.0.0.1"));
    }

    public X509Bundle root() {
        return root;
    }

    /** How a server with that certificate speaks TLS; it trusts clients of this authority. */
    public SSLContext server(X509Bundle identity) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    identity.toKeyManagerFactory().getKeyManagers(),
                    root.toTrustManagerFactory().getTrustManagers(),
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Writes what a client trusts into a file of that folder. */
    public String rootFile(Path folder) {
        return write(folder, "root-" + System.identityHashCode(this) + ".pem", root.getRootCertificatePEM());
    }

    /** Writes a file, and returns its path as an option has it. */
    public static String write(Path folder, String name, String content) {
        try {
            return Files.writeString(folder.resolve(name), content).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Maker {
        X509Bundle make() throws Exception;
    }

    private static X509Bundle made(Maker maker) {
        try {
            return maker.make();
        } catch (Exception e) {
            throw new AssertionError("no certificate can be made", e);
        }
    }
}
