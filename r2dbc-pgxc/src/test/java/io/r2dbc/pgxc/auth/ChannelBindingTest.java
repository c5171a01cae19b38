// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChannelBindingTest {

    @ParameterizedTest(name = "[F7, S2.11.8] {0}: {1}")
    @CsvSource({
        "md5, SHA-256",
        "sha1, SHA-256",
        "sha224, SHA-224",
        "sha512, SHA-512",
        "ecdsa384, SHA-384",
        "pss, SHA-384",
        "ed25519, "
    })
    @DisplayName(
            "[F7, F6, S2.11.8] the hash of a certificate is that of its signature; SHA-256 for weak ones, none where"
                    + " it has none")
    void endPointHash(String name, String algorithm) throws Exception {
        X509Certificate certificate = certificate(name);
        byte[] hash = ChannelBinding.endPointHash(certificate);
        if (algorithm == null) {
            assertThat(hash).isNull();
        } else {
            assertThat(hash).isEqualTo(MessageDigest.getInstance(algorithm).digest(certificate.getEncoded()));
        }
    }

    /** Made by openssl: each is signed in the way that its subject names. */
    private static X509Certificate certificate(String name) throws Exception {
        try (InputStream file = ChannelBindingTest.class.getResourceAsStream("signatures.pem")) {
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(file)) {
                X509Certificate x509 = (X509Certificate) certificate;
                if (x509.getSubjectX500Principal().getName().equals("CN=" + name)) {
                    return x509;
                }
            }
        }
        throw new AssertionError("no certificate " + name);
    }
}
