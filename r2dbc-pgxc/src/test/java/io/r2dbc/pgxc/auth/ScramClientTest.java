// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.auth;

import static io.r2dbc.pgxc.auth.ScramTalk.CHALLENGE;
import static io.r2dbc.pgxc.auth.ScramTalk.CLIENT_NONCE;
import static io.r2dbc.pgxc.auth.ScramTalk.NONCES;
import static io.r2dbc.pgxc.auth.ScramTalk.ascii;
import static io.r2dbc.pgxc.auth.ScramTalk.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScramClientTest {

    private static final String RFC_SIGNATURE = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
    private static final String SIGNATURE = "v=3HO6Qt1M4MKJrmlKaoOqLAI0/0TV0HZe7J9H3MBtSOg=";

    @Test
    @DisplayName("[S2.11.9] the whole conversation of RFC 7677")
    void rfc7677() {
        ScramClient client = new ScramClient("pencil", 4096, "user", CLIENT_NONCE, ChannelBinding.NONE);

        assertThat(text(client.clientFirst())).isEqualTo("n,,n=user,r=" + CLIENT_NONCE);
        client.serverFirst(ascii(CHALLENGE));
        assertThat(text(client.clientFinal()))
                .isEqualTo("c=biws,r=" + NONCES + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        client.serverFinal(ascii(RFC_SIGNATURE));
        assertThat(client.isVerified()).isTrue();
    }

    @Test
    @DisplayName("[S2.11.4, S2.11.6] no binding: header n,, and an empty user name")
    void withoutBinding() {
        ScramClient client = ScramTalk.client("pencil");

        assertThat(text(client.clientFirst())).isEqualTo("n,,n=,r=" + CLIENT_NONCE);
        client.serverFirst(ascii(CHALLENGE));
        assertThat(text(client.clientFinal()))
                .isEqualTo("c=biws,r=" + NONCES + ",p=qvT2SWdEH5Q06albL+hjSYuUhCG7VndFyzIb7CK4n9k=");
        client.serverFinal(ascii(SIGNATURE));
        assertThat(client.isVerified()).isTrue();
    }

    @Test
    @DisplayName("[S2.11.6, S2.11.8] binding possible but not offered: header y,, and c=eSws")
    void bindingNotOffered() {
        ScramClient client = new ScramClient("pencil", 4096, "", CLIENT_NONCE, ChannelBinding.NOT_OFFERED);

        assertThat(text(client.clientFirst())).isEqualTo("y,,n=,r=" + CLIENT_NONCE);
        client.serverFirst(ascii(CHALLENGE));
        assertThat(text(client.clientFinal()))
                .isEqualTo("c=eSws,r=" + NONCES + ",p=VpuC5DGQa5ro9tXE9MnKs69NH1nxnuregZZcclqIGfM=");
        client.serverFinal(ascii("v=FOmOj9BpTGwvnzwBtWQjBaPmVxT9I8IeHBOhcIPu3us="));
        assertThat(client.isVerified()).isTrue();
    }

    @Test
    @DisplayName("[S2.11.6, S2.11.8] bound to a certificate: header and hash go into c=")
    void bound() {
        ScramClient client =
                new ScramClient("pencil", 4096, "", CLIENT_NONCE, ChannelBinding.serverEndPoint(new byte[32]));

        assertThat(text(client.clientFirst())).isEqualTo("p=tls-server-end-point,,n=,r=" + CLIENT_NONCE);
        client.serverFirst(ascii(CHALLENGE));
        assertThat(text(client.clientFinal()))
                .isEqualTo("c=cD10bHMtc2VydmVyLWVuZC1wb2ludCwsAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,r=" + NONCES
                        + ",p=TOuwb3ohmAZqngZmbf3KNHUfjBcIXxQNT4vp419FgLo=");
        client.serverFinal(ascii("v=7HnFhT+uePE1adGxBlL39pd1CgJibNk3otyd5i0tIYs="));
        assertThat(client.isVerified()).isTrue();
    }

    @ParameterizedTest(name = "[F8, S2.11.5] {0}")
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            delimiter = '|',
            value = {
                "empty||0|OxluC47mB9JWFJ6cJDSm6++y2DIoe4llSTL4AS+KO/g=|1rvIfWpDSFWjd/phdkxHhQKusakLLfIVE8qBTYD8K3Y=",
                "spaces| |3|lp/Hn+dPdAWVugJGmpNI2aVId/B0bXu9tZD9XzCXrhw=|cVj3NzJYiJAdPKKqiIVzCRkIkJCFZ3VaZOKh4VHmuDA=",
                "a block of the"
                        + " hash|x|64|F2Ohe4eRJ64fkUiuuzeEvZVSJNH96lnjMwibVGC1tNE=|ieB0Z7sQPVA0LY3GIiKzqDJSkN2eAYlQr3c1qL3+o30=",
                "one byte"
                        + " more|x|65|VjfGFMoYkSxnstofM5HEIN4taqehZughRYjpYpRBjAc=|SQN2nvkcLc93aUlyyEiZcM0WOQt5YPf5s5T76nkKKz8=",
                "10 KiB|x|10240|lVCrE6oQe0V4mnfRbS1DY6GROis6oFTPEJYjaowI4Ok=|IXk3S0L6hoacE76KbHrswQsJe8LpFUz/+8bM90o/CQc=",
                "prepared by"
                        + " SASLprep|\u2168\u00A0e\u0301|1|Js+C+DiMnl3HJzmI5odWgoX7AE4uicjBHNAROK2WNG8=|LjY9UXkQeB2aiV+mnN9Y6GuAfH7JRp3ZUoxPbcrc2O8=",
                "prohibited so"
                        + " raw|\u00E9\u0007|1|Mka6raFJ/G7EtMJBnuFwhZ6bxFd+vXJ/sg/X5j4lPZQ=|d3LVNL9hh8FvBhFn6eoCJk8ScqBQFIhTcLoweE6YCjM="
            })
    void passwords(String kind, String unit, int times, String proof, String signature) {
        ScramClient client = ScramTalk.client((unit == null ? "" : unit).repeat(times));
        client.clientFirst();
        client.serverFirst(ascii(CHALLENGE.replace("i=4096", "i=1")));

        assertThat(text(client.clientFinal())).as(kind).endsWith(",p=" + proof);

        client.serverFinal(ascii("v=" + signature));
        assertThat(client.isVerified()).isTrue();
    }

    @Test
    @DisplayName("[S2.11.6] every conversation has a fresh nonce of 24 random bytes in base64")
    void freshNonce() {
        Set<String> nonces = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            String first = text(new ScramClient("pencil", 4096, ChannelBinding.NONE).clientFirst());
            assertThat(first).startsWith("n,,n=,r=");
            nonces.add(first.substring("n,,n=,r=".length()));
        }

        assertThat(nonces)
                .hasSize(1000)
                .allSatisfy(
                        nonce -> assertThat(Base64.getDecoder().decode(nonce)).hasSize(24));
    }

    @Test
    @DisplayName("[F1] as many iterations as allowed are allowed, and one more is not")
    void capIsInclusive() {
        ScramClient client = ScramTalk.challenged("pencil", 4096, CHALLENGE);
        assertThat(client.clientFinal()).isNotEmpty();

        assertThatThrownBy(() -> ScramTalk.challenged("pencil", 4095, CHALLENGE))
                .isInstanceOfSatisfying(
                        AuthenticationException.class,
                        e -> assertThat(e.protocolViolation()).isFalse())
                .hasMessageContaining("scramMaxIterations")
                .hasMessageContaining("4095");
    }

    @Test
    @DisplayName("[S2.1.17, F3] after the proof the password is let go, after the verdict nothing secret is left")
    void forgetsSecrets() throws ReflectiveOperationException {
        ScramClient client = ScramTalk.challenged("pencil", 4096, CHALLENGE);
        client.clientFinal();
        assertThat(fields(client)).doesNotContain("pencil");

        client.serverFinal(ascii(SIGNATURE));

        assertThat(client.isVerified()).isTrue();
        byte[] signature = Base64.getDecoder().decode(SIGNATURE.substring(2));
        assertThat(fields(client)).noneSatisfy(value -> assertThat(value).isEqualTo(signature));
        client.destroy();
        assertThat(client.isVerified()).isTrue();
    }

    @Test
    @DisplayName("[S2.1.17] destroyed in the middle, it forgets the password and makes no proof")
    void destroy() throws ReflectiveOperationException {
        ScramClient client = ScramTalk.challenged("pencil", 4096, CHALLENGE);

        client.destroy();

        assertThat(fields(client)).doesNotContain("pencil");
        assertThatThrownBy(client::clientFinal).isInstanceOf(IllegalStateException.class);
        assertThat(client.isVerified()).isFalse();
    }

    @Test
    @DisplayName("[S2.1.17] no text that the conversation gives out contains the password")
    void neverPrinted() {
        ScramClient client = ScramTalk.challenged("pencil", 4096, CHALLENGE);

        assertThat(text(client.clientFinal())).doesNotContain("pencil");
        assertThatThrownBy(() -> client.serverFinal(ascii("e=pen"))).hasMessageNotContaining("pencil");
    }

    @Test
    @DisplayName("[S2.11.9] our own steps are taken in order only")
    void ownOrder() {
        ScramClient client = ScramTalk.client("pencil");
        assertThatThrownBy(client::clientFinal).isInstanceOf(IllegalStateException.class);
        assertThat(client.clientFirst()).isNotEmpty();
        assertThatThrownBy(client::clientFirst).isInstanceOf(IllegalStateException.class);
        client.serverFirst(ascii(CHALLENGE));
        assertThat(client.clientFinal()).isNotEmpty();
        assertThatThrownBy(client::clientFinal).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @DisplayName("[S2.11.8] binding to nothing is refused")
    void emptyBinding() {
        assertThatThrownBy(() -> ChannelBinding.serverEndPoint(new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Object> fields(ScramClient client) throws ReflectiveOperationException {
        List<Object> values = new ArrayList<>();
        for (Field field : ScramClient.class.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                field.setAccessible(true);
                values.add(field.get(client));
            }
        }
        return values;
    }
}
