// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CRL;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files that say whose certificates are believed. It blocks.
 *
 * <p>Whatever is wrong with a file is an {@link IllegalArgumentException} that names the option and the file.
 */
final class TrustFiles {

    private TrustFiles() {}

    static byte[] read(String option, String file) {
        try {
            return Files.readAllBytes(Path.of(file));
        } catch (IOException | InvalidPathException e) {
            throw wrong(option, file, "cannot be read: " + e, e);
        }
    }

    /** The refusal of a file, to be thrown. */
    static IllegalArgumentException wrong(String option, String file, String why, @Nullable Throwable cause) {
        return new IllegalArgumentException("option " + option + " names the file '" + file + "', which " + why, cause);
    }

    /** All certificates in a file, PEM or DER; at least one. */
    static X509Certificate[] certificates(String option, String file) {
        List<X509Certificate> found = new ArrayList<>();
        try {
            for (Certificate certificate : x509().generateCertificates(stream(option, file))) {
                found.add((X509Certificate) certificate);
            }
        } catch (GeneralSecurityException e) {
            throw wrong(option, file, "does not hold certificates that can be read, as PEM or DER", e);
        }
        if (found.isEmpty()) {
            throw wrong(option, file, "holds no certificate", null);
        }
        return found.toArray(new X509Certificate[0]);
    }

    private static ByteArrayInputStream stream(String option, String file) {
        return new ByteArrayInputStream(read(option, file));
    }

    private static CertificateFactory x509() throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509");
    }

    /**
     * Trusts those in {@code rootCert}, or whom the JVM trusts, for certificates that the lists in {@code crl} know to be still valid. A
     * certificate is refused if no list speaks for its issuer; nobody is asked over the network.
     */
    static TrustManagerFactory trust(@Nullable String rootCert, String crl) {
        Collection<? extends CRL> lists = revocations(crl);
        try {
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors(rootCert), new X509CertSelector());
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists)));
            PKIXRevocationChecker checker =
                    (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
            checker.setOptions(
                    Set.of(PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK));
            parameters.addCertPathChecker(checker);
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(new CertPathTrustManagerParameters(parameters));
            return factory;
        } catch (GeneralSecurityException e) {
            throw wrong("sslCrl", crl, "cannot be made use of", e);
        }
    }

    private static Collection<? extends CRL> revocations(String file) {
        try {
            Collection<? extends CRL> lists = x509().generateCRLs(stream("sslCrl", file));
            if (lists.isEmpty()) {
                throw wrong("sslCrl", file, "holds no certificate revocation list", null);
            }
            return lists;
        } catch (GeneralSecurityException e) {
            throw wrong(
                    "sslCrl", file, "does not hold certificate revocation lists that can be read, as PEM or DER", e);
        }
    }

    private static Set<TrustAnchor> anchors(@Nullable String rootCert) throws GeneralSecurityException {
        Set<TrustAnchor> anchors = new HashSet<>();
        for (X509Certificate root : rootCert == null ? ofTheJvm() : certificates("sslRootCert", rootCert)) {
            anchors.add(new TrustAnchor(root, null));
        }
        return anchors;
    }

    private static X509Certificate[] ofTheJvm() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                return x509.getAcceptedIssuers();
            }
        }
        return new X509Certificate[0];
    }
}
