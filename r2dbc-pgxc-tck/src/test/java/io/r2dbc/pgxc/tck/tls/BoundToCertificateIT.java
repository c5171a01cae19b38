// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.r2dbc.pgxc.ChannelBinding;
import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.SslMode;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A login bound to the server's certificate: both sides must make the same hash of it, however it is signed. */
class BoundToCertificateIT {

    @RegisterExtension
    static final StandingAsserts ASSERTS = StandingAsserts.within(Duration.ofMinutes(1));

    @RegisterExtension
    static final Secured SERVER = new Secured();

    private static final String PASSWORD = "of the store";

    /** A certificate that is its own authority; the JDK's tool signs in more ways than the library for tests does. */
    private static X509Bundle selfSigned(String keyAlgorithm, int bits, String signature) throws Exception {
        Path store = SERVER.folder().resolve("identity.p12");
        Files.deleteIfExists(store);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-alias",
                "server",
                "-dname",
                "CN=server",
                "-ext",
                "SAN=ip:127.0.0.1",
                "-ext",
                "BC=ca:true",
                "-keyalg",
                keyAlgorithm,
                "-sigalg",
                signature));
        if (bits > 0) {
            Collections.addAll(command, "-keysize", Integer.toString(bits));
        }
        Process tool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(tool.waitFor()).as(said).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(store)) {
            keys.load(file, PASSWORD.toCharArray());
        }
        X509Certificate certificate = (X509Certificate) keys.getCertificate("server");
        KeyPair pair =
                new KeyPair(certificate.getPublicKey(), (PrivateKey) keys.getKey("server", PASSWORD.toCharArray()));
        return X509Bundle.fromRootCertificateAuthority(certificate, pair);
    }

    private static PgxcConfiguration.Builder trusting(X509Bundle identity, ChannelBinding binding) throws Exception {
        Path root = Files.writeString(SERVER.folder().resolve("identity.crt"), identity.getCertificatePEM());
        return SERVER.client("scram")
                .sslMode(SslMode.VERIFY_FULL)
                .sslRootCert(root.toString())
                .channelBinding(binding);
    }

    @ParameterizedTest(name = "[F7, S2.11.8] {2}, {1} bits")
    @CsvSource({
        "RSA, 2048, SHA256withRSA",
        "RSA, 2048, SHA384withRSA",
        "RSA, 2048, SHA512withRSA",
        "EC, 256, SHA256withECDSA",
        "EC, 384, SHA384withECDSA",
        "EC, 521, SHA512withECDSA",
        "RSA, 2048, RSASSA-PSS",
        "RSA, 4096, RSASSA-PSS"
    })
    @DisplayName("[F7, S2.11.8] a real server accepts what a login is bound to")
    void bound(String keyAlgorithm, int bits, String signature) throws Exception {
        X509Bundle identity = selfSigned(keyAlgorithm, bits, signature);
        SERVER.certify(identity);
        Secured.with(
                trusting(identity, ChannelBinding.REQUIRE),
                connection -> assertThat(Secured.ask(connection, "select 42")).isEqualTo("42"));
        assertThat(Secured.refusal(trusting(identity, ChannelBinding.REQUIRE).password("wrong")))
                .isInstanceOf(R2dbcPermissionDeniedException.class);
    }

    @Test
    @DisplayName("[F6, F7, S2.11.8] a certificate without a hash of its own: no login that must be bound, and one that"
            + " need not be goes without")
    void unbindable() throws Exception {
        X509Bundle identity = selfSigned("Ed25519", 0, "Ed25519");
        SERVER.certify(identity);
        assertThat(Secured.refusal(trusting(identity, ChannelBinding.REQUIRE)))
                .isInstanceOf(R2dbcPermissionDeniedException.class)
                .hasMessageContaining("channelBinding");
        Secured.with(
                trusting(identity, ChannelBinding.PREFER),
                connection -> assertThat(Secured.isEncrypted(connection)).isTrue());
    }
}
