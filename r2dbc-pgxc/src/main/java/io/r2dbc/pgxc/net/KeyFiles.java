// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files by which this side proves who it is: a certificate and its private key. It blocks.
 *
 * <p>The key is PKCS#8, encrypted or not, as PEM or DER; or certificate and key are one PKCS#12 file. Whatever is wrong is an
 * {@link IllegalArgumentException} that names the option and the file, and says nothing of what is in it.
 */
final class KeyFiles {

    private static final int SEQUENCE = 0x30;
    private static final int INTEGER = 0x02;
    private static final int PKCS12_VERSION = 3;
    private static final String PEM = "-----BEGIN ";
    private static final Pattern KIND = Pattern.compile("([A-Z0-9 ]{1,40})-----(?:\\s|$)");

    private KeyFiles() {}

    static void identify(
            SslContextBuilder builder, @Nullable String cert, @Nullable String key, @Nullable CharSequence password) {
        String both = key == null ? cert : key;
        if (both != null && (key == null || cert == null || cert.equals(key))) {
            String option = key == null ? "sslCert" : "sslKey";
            byte[] bytes = TrustFiles.read(option, both);
            if (isPkcs12(bytes)) {
                builder.keyManager(fromPkcs12(option, both, bytes, password));
            } else if (key == null || cert == null) {
                throw incomplete(option, both);
            } else {
                fromTwoFiles(builder, cert, key, password);
            }
        } else if (key != null && cert != null) {
            fromTwoFiles(builder, cert, key, password);
        }
    }

    private static IllegalArgumentException incomplete(String option, String file) {
        String other = option.equals("sslKey") ? "sslCert" : "sslKey";
        return TrustFiles.wrong(
                option,
                file,
                "is no PKCS#12 file with certificate and key, so option " + other + " is needed too",
                null);
    }

    private static void fromTwoFiles(
            SslContextBuilder builder, String cert, String key, @Nullable CharSequence password) {
        X509Certificate[] chain = TrustFiles.certificates("sslCert", cert);
        byte[] bytes = TrustFiles.read("sslKey", key);
        if (isPkcs12(bytes)) {
            builder.keyManager(fromPkcs12("sslKey", key, bytes, password));
            return;
        }
        byte[] pem = pem(key, bytes);
        try {
            builder.keyManager(
                    new ByteArrayInputStream(encoded(chain)),
                    new ByteArrayInputStream(pem),
                    password == null ? null : password.toString());
        } catch (IllegalArgumentException e) {
            throw TrustFiles.wrong(
                    "sslKey",
                    key,
                    "holds no private key (PKCS#8) that can be read "
                            + (password == null ? "without sslPassword" : "with sslPassword"),
                    e);
        } finally {
            Arrays.fill(pem, (byte) 0);
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** What is read as PEM only, as PEM. */
    private static byte[] pem(String file, byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int begin = text.indexOf(PEM);
        if (begin < 0) {
            boolean encrypted = tagInside(bytes) == SEQUENCE;
            return armoured(encrypted ? "ENCRYPTED PRIVATE KEY" : "PRIVATE KEY", bytes);
        }
        if (!text.contains(PEM + "PRIVATE KEY-") && !text.contains(PEM + "ENCRYPTED PRIVATE KEY-")) {
            throw TrustFiles.wrong(
                    "sslKey",
                    file,
                    "begins with " + kindOf(text.substring(begin + PEM.length()))
                            + ", but must hold a PRIVATE KEY or ENCRYPTED PRIVATE KEY"
                            + " (PKCS#8; openssl pkcs8 -topk8 makes one)",
                    null);
        }
        return bytes.clone();
    }

    /** What a line of PEM calls the rest; where that line is not whole nothing of it is told, for the key could stand in it. */
    private static String kindOf(String afterBegin) {
        Matcher named = KIND.matcher(afterBegin);
        return named.lookingAt() ? named.group(1) : "a broken line";
    }

    private static byte[] armoured(String kind, byte[] der) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return (PEM + kind + "-----\n" + body + "\n-----END " + kind + "-----\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] encoded(X509Certificate[] chain) {
        StringBuilder text = new StringBuilder();
        try {
            for (X509Certificate certificate : chain) {
                text.append(new String(armoured("CERTIFICATE", certificate.getEncoded()), StandardCharsets.US_ASCII));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("A certificate that was read cannot be written", e);
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static KeyManagerFactory fromPkcs12(
            String option, String file, byte[] bytes, @Nullable CharSequence password) {
        char[] secret = password == null ? new char[0] : password.toString().toCharArray();
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(bytes), secret);
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, secret);
            return factory;
        } catch (GeneralSecurityException | IOException e) {
            throw TrustFiles.wrong(
                    option,
                    file,
                    "is a PKCS#12 file that cannot be opened "
                            + (password == null ? "without sslPassword" : "with sslPassword"),
                    e);
        } finally {
            Arrays.fill(secret, '\0');
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** Both kinds of file are a sequence; that of PKCS#12 begins with its version, which is 3. */
    private static boolean isPkcs12(byte[] bytes) {
        int start = contentOf(bytes);
        return tagInside(bytes) == INTEGER
                && start + 2 < bytes.length
                && bytes[start + 1] == 1
                && bytes[start + 2] == PKCS12_VERSION;
    }

    /** The tag of the first thing in the outermost sequence; -1 where there is none. */
    private static int tagInside(byte[] bytes) {
        int start = contentOf(bytes);
        return start < bytes.length ? bytes[start] & 0xFF : -1;
    }

    /** Where the content of the outermost sequence begins, behind its tag and length. */
    private static int contentOf(byte[] bytes) {
        if (bytes.length < 2 || bytes[0] != SEQUENCE) {
            return bytes.length;
        }
        int length = bytes[1] & 0xFF;
        return length < 0x80 ? 2 : 2 + (length & 0x7F);
    }
}
