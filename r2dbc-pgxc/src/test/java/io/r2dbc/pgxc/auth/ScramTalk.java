// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import java.nio.charset.StandardCharsets;

/** The conversation of RFC 7677, for tests to tell and to spoil. */
final class ScramTalk {

    static final String CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
    static final String NONCES = CLIENT_NONCE + "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    static final String CHALLENGE = "r=" + NONCES + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    private ScramTalk() {}

    static ScramClient client(CharSequence password) {
        return new ScramClient(password, 100_000, "", CLIENT_NONCE, ChannelBinding.NONE);
    }

    static ScramClient challenged(CharSequence password, int maxIterations, String challenge) {
        return challenged(password, maxIterations, ascii(challenge));
    }

    static ScramClient challenged(CharSequence password, int maxIterations, byte[] challenge) {
        ScramClient client = new ScramClient(password, maxIterations, "", CLIENT_NONCE, ChannelBinding.NONE);
        byte[] first = client.clientFirst();
        if (first.length == 0) {
            throw new AssertionError("no client-first-message");
        }
        client.serverFirst(challenge);
        return client;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
