// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import static io.r2dbc.pgxc.net.Clients.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.r2dbc.pgxc.exchange.Failure;
import io.r2dbc.pgxc.exchange.Line;
import io.r2dbc.pgxc.exchange.SessionEndException;
import io.r2dbc.pgxc.net.Encryption.Policy;
import io.r2dbc.pgxc.testing.Authority;
import io.r2dbc.pgxc.testing.ScriptedServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.wire.Octets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.Connection;

/** Which certificates are taken for those of which hosts. The host that is asked for need not be known to any name service. */
@ExtendWith(StandingAsserts.class)
final class TlsCertificatesTest {

    private static final Authority AUTHORITY = Authority.create("authority");

    @TempDir
    static Path folder;

    private static Arguments host(String host, boolean accepted, String what, UnaryOperator<CertificateBuilder> made) {
        return Arguments.of(host, accepted, what, made);
    }

    // spotless:off
    static Stream<Arguments> hosts() {
        return Stream.of(
                host("db.example", true, "its name", b -> b.addSanDnsName("db.example")),
                host("DB.Example", true, "its name in another case", b -> b.addSanDnsName("db.example")),
                host(
                        "db.example",
                        true,
                        "one of several names",
                        b -> b.addSanDnsName("x.example").addSanDnsName("db.example")),
                host("db.example", false, "another name", b -> b.addSanDnsName("other.example")),
                host("db.example", false, "a name below", b -> b.addSanDnsName("a.db.example")),
                host("db.example", true, "all names of its domain", b -> named(b, "*.example")),
                host("a.db.example", false, "all names of another domain", b -> named(b, "*.example")),
                host("example", false, "all names below it", b -> named(b, "*.example")),
                host("db.example", true, "nothing but a common name", b -> b.subject("CN=db.example")),
                host(
                        "db.example",
                        false,
                        "a common name, and another alternative",
                        b -> b.subject("CN=db.example").addSanDnsName("x.example")),
                host("db.example.", true, "its name, without the final dot", b -> b.addSanDnsName("db.example")),
                host("10.1.2.3", true, "its address", b -> b.addSanIpAddress("10.1.2.3")),
                host("10.1.2.3", false, "another address", b -> b.addSanIpAddress("10.1.2.4")),
                host("10.1.2.3", false, "its address as a name", b -> b.addSanDnsName("10.1.2.3")),
                host(
                        "10.1.2.3",
                        false,
                        "its address as common name",
                        b -> b.subject("CN=10.1.2.3").addSanDnsName("x.example")),
                host("fe80::1", true, "its address of version 6", b -> b.addSanIpAddress("fe80::1")),
                host(
                        "fe80:0:0:0:0:0:0:1",
                        true,
                        "its address, written in another way",
                        b -> b.addSanIpAddress("fe80::1")),
                host("fe80::1", false, "another address of version 6", b -> b.addSanIpAddress("fe80::2")),
                host("db.example", false, "its address only", b -> b.addSanIpAddress("127.0.0.1")),
                host("my_db", false, "a name that no host may have, says the JDK", b -> named(b, "my_db")));
    }
    // spotless:on

    /** An alternative name that the builder would not write: a sequence of one name of kind 2. */
    private static CertificateBuilder named(CertificateBuilder builder, String name) {
        Octets octets = Octets.join(
                Octets.of((byte) 0x30, (byte) (name.length() + 2), (byte) 0x82, (byte) name.length()), Octets.of(name));
        return builder.addExtensionOctetString("2.5.29.17", false, octets.bytes());
    }

    @ParameterizedTest(name = "[F12] {0}, certified for {2}: {1}")
    @MethodSource
    @DisplayName("[F12, S2.9.10] verify-full takes a certificate for the names and addresses in it; verify-ca for any")
    void hosts(String host, boolean accepted, String what, UnaryOperator<CertificateBuilder> made) {
        X509Bundle identity = AUTHORITY.sign(made);
        assertThat(isAccepted(identity, host, true, null)).isEqualTo(accepted);
        assertThat(isAccepted(identity, host, false, null)).isTrue();
    }

    static Stream<Arguments> chains() {
        Authority intermediate = AUTHORITY.intermediate("intermediate");
        X509Bundle good = AUTHORITY.sign(builder -> builder.addSanDnsName("db.example"));
        X509Bundle below = intermediate.sign(builder -> builder.addSanDnsName("db.example"));
        return Stream.of(
                Arguments.of("signed by whom we trust", good, true),
                Arguments.of("signed by somebody whom that one has signed", below, true),
                Arguments.of(
                        "the same, and who is in between is not shown",
                        X509Bundle.fromCertificatePath(
                                new X509Certificate[] {below.getCertificate()},
                                AUTHORITY.root().getCertificate(),
                                below.getKeyPair()),
                        false),
                Arguments.of(
                        "signed by somebody else", Authority.create("other").signLoopback(), false),
                Arguments.of(
                        "signed by somebody else of the same name",
                        Authority.create("authority").signLoopback(),
                        false),
                Arguments.of(
                        "an authority of its own",
                        Authority.create("db.example").root(),
                        false),
                Arguments.of(
                        "expired",
                        AUTHORITY.sign(builder -> builder.addSanDnsName("db.example")
                                .notBefore(Instant.now().minus(Duration.ofDays(30)))
                                .notAfter(Instant.now().minus(Duration.ofHours(1)))),
                        false),
                Arguments.of(
                        "not valid yet",
                        AUTHORITY.sign(builder -> builder.addSanDnsName("db.example")
                                .notBefore(Instant.now().plus(Duration.ofHours(1)))
                                .notAfter(Instant.now().plus(Duration.ofDays(30)))),
                        false));
    }

    @ParameterizedTest(name = "[F12] {0}: {2}")
    @MethodSource
    @DisplayName(
            "[F12, S2.9.10] a certificate must be valid and come from whom we trust, in verify-ca too; require takes"
                    + " any")
    void chains(String what, X509Bundle identity, boolean believed) {
        assertThat(isAccepted(identity, "db.example", false, null)).isEqualTo(believed);
        assertThat(shake(identity, tls("db.example", material(false, null), false, null)))
                .isNull();
    }

    @Test
    @DisplayName("[F12] a user's own verifier decides instead of the rules, and only where hosts are verified")
    void ownVerifier() {
        X509Bundle identity = AUTHORITY.sign(builder -> builder.addSanDnsName("other.example"));
        HostnameVerifier never = (host, session) -> false;
        HostnameVerifier known = (host, session) -> host.equals("db.example");
        assertThat(isAccepted(identity, "db.example", true, known)).isTrue();
        assertThat(isAccepted(identity, "db.example", true, never)).isFalse();
        assertThat(isAccepted(identity, "db.example", false, never)).isTrue();
        assertThat(isAccepted(identity, "db.example", true, (host, session) -> {
                    throw new IllegalStateException("a user's mistake");
                }))
                .isFalse();
    }

    private static boolean isAccepted(
            X509Bundle identity, String host, boolean verifiesHost, @Nullable HostnameVerifier verifier) {
        Failure failure =
                shake(identity, tls(host, material(true, AUTHORITY.rootFile(folder)), verifiesHost, verifier));
        assertThat(failure == null || failure.message().contains("TLS with " + host + ":5432 failed"))
                .as(String.valueOf(failure))
                .isTrue();
        return failure == null;
    }

    private static TlsMaterial material(boolean checksChain, @Nullable String rootFile) {
        return new TlsMaterial(checksChain, rootFile, null, null, null, null, builder -> builder);
    }

    private static Tls tls(
            String host, TlsMaterial material, boolean verifiesHost, @Nullable HostnameVerifier verifier) {
        Encryption encryption =
                new Encryption(Policy.TLS, false, verifiesHost, verifiesHost, true, verifier, material.context());
        return new Tls(
                encryption,
                Objects.requireNonNull(material.context().block(SOON)),
                Clients.options(host, 5432, encryption));
    }

    /** Shakes hands with a server that has that certificate; why it failed, or null. */
    private static @Nullable Failure shake(X509Bundle identity, Tls tls) {
        SSLContext context = AUTHORITY.server(identity);
        try (ScriptedServer server = ScriptedServer.start(
                script -> script.clientMayLeave().acceptTls(context).expectEnd())) {
            Connection connection = new Dialer(Clients.options(server.host(), server.port(), Encryption.NONE))
                    .dial(SOON::toNanos, channel -> {})
                    .block(SOON);
            assertThat(connection).isNotNull();
            try {
                return Mono.<Failure>create(sink -> connection.addHandlerLast(
                                "ask",
                                new TlsNegotiation(
                                        tls, new Listener(tls.encryption().verified(), sink))))
                        .onErrorResume(SessionEndException.class, e -> Mono.just(e.failure()))
                        .block(SOON);
            } finally {
                connection.disposeNow(SOON);
            }
        }
    }

    private record Listener(boolean verified, MonoSink<Failure> sink) implements EncryptionListener {

        @Override
        public void onEncrypted(Line line) {
            assertThat(line.endPointHash()).isNotEmpty();
            assertThat(line.isVerified()).isEqualTo(verified);
            sink.success();
        }

        @Override
        public void onDeclined() {
            sink.error(new AssertionError("the server has agreed"));
        }

        @Override
        public void onFailed(Failure failure, boolean isViolation) {
            assertThat(isViolation).isFalse();
            sink.success(failure);
        }
    }
}
