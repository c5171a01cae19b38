// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.net.Clients.SOON;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.handler.ssl.SslContext;
import io.netty.pkitesting.RevocationServer;
import io.netty.pkitesting.X509Bundle;
import io.r2dbc.pgxc.PgxcConfiguration;
import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.SslMode;
import io.r2dbc.pgxc.testing.Authority;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.Octets;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** The files that TLS is made of: what they may be, and what is said of those that will not do. */
@ExtendWith(StandingAsserts.class)
final class TlsMaterialTest {

    private static final String PASSWORD = "s3cret";
    private static final Octets PBES2 = Octets.hex("06092A864886F70D01050D");
    private static final Authority AUTHORITY = Authority.create("authority");
    private static final X509Bundle CLIENT =
            AUTHORITY.sign(builder -> builder.subject("CN=client").rsa2048());
    private static final SSLContext SERVER = AUTHORITY.server(AUTHORITY.signLoopback());

    @TempDir
    Path folder;

    private String cert() {
        return Authority.write(folder, "client.crt", CLIENT.getCertificatePathPEM());
    }

    private static byte[] key() {
        return CLIENT.getKeyPair().getPrivate().getEncoded();
    }

    private String write(String name, byte[] bytes) {
        try {
            return Files.write(folder.resolve(name), bytes).toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] encrypted() throws Exception {
        String algorithm = "PBEWithHmacSHA256AndAES_256";
        SecretKey secret =
                SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(PASSWORD.toCharArray()));
        Cipher cipher = Cipher.getInstance(algorithm);
        cipher.init(Cipher.ENCRYPT_MODE, secret, new PBEParameterSpec(new byte[16], 1000));
        Octets parameters = Octets.of(cipher.getParameters().getEncoded());
        return der(
                        0x30,
                        Octets.join(
                                der(0x30, Octets.join(PBES2, parameters)), der(0x04, Octets.of(cipher.doFinal(key())))))
                .bytes();
    }

    /** A value of ASN.1, its length in two bytes. */
    private static Octets der(int tag, Octets content) {
        byte[] header = {(byte) tag, (byte) 0x82, (byte) (content.size() >> 8), (byte) content.size()};
        return Octets.join(Octets.of(header), content);
    }

    private static byte[] pem(String kind, byte[] der) {
        return ("# a comment\n-----BEGIN " + kind + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + kind
                        + "-----\n")
                .getBytes(US_ASCII);
    }

    private String keyFile(String kind) throws Exception {
        return switch (kind) {
            case "pem" -> write("key.pem", pem("PRIVATE KEY", key()));
            case "der" -> write("key.der", key());
            case "encrypted pem" -> write("key.enc", pem("ENCRYPTED PRIVATE KEY", encrypted()));
            case "encrypted der" -> write("key.pk8", encrypted());
            case "pkcs12" -> CLIENT.toTempKeyStoreFile(PASSWORD.toCharArray()).toString();
            case "old" -> write("key.old", pem("RSA PRIVATE KEY", new byte[] {0x30, 0}));
            case "broken" -> write("key.cut", "-----BEGIN TOP-SECRET\nTOP-SECRET-".getBytes(US_ASCII));
            case "garbage" -> write("key.txt", "this is TOP-SECRET, and no key".getBytes(US_ASCII));
            case "empty" -> write("key.empty", new byte[0]);
            default -> folder.resolve(kind).toString();
        };
    }

    @ParameterizedTest(name = "[X29, F12] {0}")
    @CsvSource({"pem, false", "der, false", "encrypted pem, true", "encrypted der, true", "pkcs12, true"})
    @DisplayName(
            "[X29, F12] a client's key in every form that is taken: the server sees the certificate that goes with it")
    void keys(String kind, boolean needsPassword) throws Exception {
        AtomicReference<String> seen = new AtomicReference<>();
        try (ScriptedServer server = ScriptedServer.start(script -> script.expectSslRequest()
                .sendRaw((byte) 'S')
                .startMutualTls(SERVER, seen::set)
                .startup()
                .expectGoodbye())) {
            PgxcConfiguration.Builder client =
                    Clients.of(server).sslMode(SslMode.REQUIRE).sslKey(keyFile(kind));
            if (!kind.equals("pkcs12")) {
                client.sslCert(cert());
            }
            if (needsPassword) {
                client.sslPassword(PASSWORD);
            }
            PgxcConnection connection = Clients.connect(client);
            Clients.close(connection);
        }
        assertThat(seen).hasValue("CN=client");
    }

    @ParameterizedTest(name = "[X29, SA7] {0}, {1}")
    @CsvSource({
        "no such file, , cannot be read",
        "old, , begins with RSA PRIVATE KEY",
        "broken, , begins with a broken line",
        "garbage, , holds no private key",
        "empty, , holds no private key",
        "encrypted pem, , without sslPassword",
        "encrypted pem, wr0ng, with sslPassword",
        "encrypted der, wr0ng, with sslPassword",
        "pkcs12, , without sslPassword",
        "pkcs12, wr0ng, with sslPassword"
    })
    @DisplayName(
            "[X29, SA7, F16] a key that will not do: the option and the file are named, and nothing of what is secret")
    void badKeys(String kind, @Nullable String password, String why) throws Exception {
        String file = keyFile(kind);
        TlsMaterial material = new TlsMaterial(false, null, cert(), file, password, null, builder -> builder);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> material.context().block(SOON))
                .withMessageContaining("option sslKey")
                .withMessageContaining(file)
                .withMessageContaining(why)
                .satisfies(refusal -> {
                    for (Throwable shown = refusal; shown != null; shown = shown.getCause()) {
                        assertThat(shown.toString()).doesNotContain("wr0ng", "TOP-SECRET");
                    }
                });
        assertThat(material.toString()).doesNotContain("wr0ng");
    }

    @ParameterizedTest(name = "[X29] {0}")
    @ValueSource(strings = {"sslRootCert", "sslCert", "sslCrl"})
    @DisplayName("[X29] certificates and lists that cannot be read, or are none: the option and the file are named")
    void badFiles(String option) {
        for (String file : List.of(
                folder.resolve("missing").toString(),
                write("garbage", "no certificate".getBytes(US_ASCII)),
                write("empty", new byte[0]))) {
            TlsMaterial material = new TlsMaterial(
                    true,
                    option.equals("sslRootCert") ? file : null,
                    option.equals("sslCert") ? file : null,
                    option.equals("sslCert") ? write("key", key()) : null,
                    null,
                    option.equals("sslCrl") ? file : null,
                    builder -> builder);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> material.context().block(SOON))
                    .withMessageContaining("option " + option)
                    .withMessageContaining(file);
        }
    }

    @Test
    @DisplayName("[X29] a certificate without its key, or a key without its certificate: the option that is missing is"
            + " named")
    void halves() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TlsMaterial(false, null, cert(), null, null, null, builder -> builder)
                        .context()
                        .block(SOON))
                .withMessageContaining("option sslKey is needed too");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new TlsMaterial(false, null, null, write("key", key()), null, null, builder -> builder)
                                .context()
                                .block(SOON))
                .withMessageContaining("option sslCert is needed too");
    }

    @Test
    @DisplayName(
            "[X29] files are read once for all connections, off the event loop; after a failure they are read again")
    void once() {
        AtomicInteger made = new AtomicInteger();
        AtomicReference<Thread> maker = new AtomicReference<>();
        String file = folder.resolve("later.pem").toString();
        TlsMaterial material = new TlsMaterial(true, file, null, null, null, null, builder -> {
            made.incrementAndGet();
            maker.set(Thread.currentThread());
            return builder;
        });
        Mono<SslContext> context = material.context();
        assertThatIllegalArgumentException().isThrownBy(() -> context.block(SOON));
        Authority.write(folder, "later.pem", AUTHORITY.root().getRootCertificatePEM());
        SslContext first = context.block(SOON);
        assertThat(context.block(SOON)).isSameAs(first);
        assertThat(made).hasValue(1);
        assertThat(maker.get().getName()).contains("boundedElastic");
    }

    @ParameterizedTest(name = "[X29] {0}")
    @ValueSource(strings = {"PREFER", "REQUIRE"})
    @DisplayName(
            "[X29, S2.9.10] a file that cannot be read fails the attempt, even where TLS is only preferred: nothing"
                    + " leaves in clear text")
    void unusable(SslMode mode) {
        try (ScriptedServer server = ScriptedServer.start()) {
            Throwable failure = Heard.of(Clients.connecting(Clients.of(server)
                            .sslMode(mode)
                            .sslRootCert(folder.resolve("none").toString())))
                    .failure();
            assertThat(failure).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("sslRootCert");
            assertThat(server.received()).isEmpty();
        }
    }

    @Test
    @DisplayName(
            "[F12] a certificate that has been revoked is refused, one that has not is taken, and one of whom no list"
                    + " speaks is refused")
    void revoked() throws Exception {
        X509Bundle good = AUTHORITY.signLoopback();
        X509Bundle bad = AUTHORITY.signLoopback();
        RevocationServer revocations = RevocationServer.getInstance();
        revocations.register(AUTHORITY.root());
        revocations.revoke(bad, Instant.now());
        String crl = write("lists.crl", fetched(revocations.getCrlUri(AUTHORITY.root())));
        Authority other = Authority.create("other");
        String both = Authority.write(
                folder,
                "both.pem",
                AUTHORITY.root().getCertificatePEM() + other.root().getCertificatePEM());
        assertThat(isTaken(AUTHORITY, good, both, crl)).isTrue();
        assertThat(isTaken(AUTHORITY, bad, both, crl)).isFalse();
        assertThat(isTaken(other, other.signLoopback(), both, crl)).isFalse();
    }

    private static byte[] fetched(URI uri) throws IOException {
        try (InputStream in = uri.toURL().openStream()) {
            return in.readAllBytes();
        }
    }

    private static boolean isTaken(Authority authority, X509Bundle identity, String roots, String crl) {
        try (ScriptedServer server = ScriptedServer.start(script -> script.clientMayLeave()
                .acceptTls(authority.server(identity))
                .startup()
                .expectGoodbye())) {
            PgxcConfiguration.Builder client = Clients.of(server)
                    .sslMode(SslMode.VERIFY_FULL)
                    .sslRootCert(roots)
                    .sslCrl(crl);
            Heard heard = Heard.of(Clients.connecting(client).flatMap(PgxcConnection::close));
            boolean taken = heard.all(SOON).equals(List.of("complete"));
            assertThat(taken || heard.failure().getMessage().contains("TLS with"))
                    .isTrue();
            return taken;
        }
    }
}
