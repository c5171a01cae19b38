// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentifiersTest {

    @ParameterizedTest(name = "[X20, G5] {0} -> {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    a           | "a"
                    Mixed Case  | "Mixed Case"
                    a"b         | "a""b"
                    "           | ""\""
                    a";drop x-- | "a"";drop x--"
                    naïve.x     | "naïve.x"
                    """)
    void quotes(String name, String quoted) {
        assertThat(Identifiers.quote(name)).isEqualTo(quoted);
    }

    @ParameterizedTest(name = "[X20, G5] {0} is refused")
    @NullAndEmptySource
    @ValueSource(strings = {"\0", "a\0b"})
    void refuses(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> Identifiers.quote(name));
        assertThatIllegalArgumentException().isThrownBy(() -> Identifiers.asWritten(name));
    }

    @ParameterizedTest(name = "[G5] {0} as written -> {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    id       | "id"
                    userId   | "userid"
                    user     | "user"
                    É$1      | "É$1"
                    "userId" | "userId"
                    "a""b"   | "a""b"
                    "a"b"    | ""\"a""b""\"
                    "a""     | ""\"a""\"""
                    ""       | ""\"""\"
                    "        | ""\""
                    "a",b"   | ""\"a"",b""\"
                    1a       | "1a"
                    a b      | "a b"
                    a.b      | "a.b"
                    """)
    void readsAsWritten(String name, String quoted) {
        assertThat(Identifiers.asWritten(name)).isEqualTo(quoted);
    }

    @Test
    @DisplayName("[D5, G5] a random quoted name is one token, and unquoting gives the name back")
    void roundTrip() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = "aZ9_$\"'; \\\n-/*é€(.";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder name = new StringBuilder();
            int length = 1 + random.nextInt(12);
            for (int j = 0; j < length; j++) {
                name.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String quoted = Identifiers.quote(name.toString());
            SqlScanner scanner = new SqlScanner(quoted + " next", true);
            assertThat(scanner.next()).as("seed %d, %s", seed, quoted).isEqualTo(SqlScanner.Token.QUOTED_NAME);
            assertThat(scanner.end()).as("seed %d, %s", seed, quoted).isEqualTo(quoted.length());
            assertThat(quoted.substring(1, quoted.length() - 1).replace("\"\"", "\""))
                    .as("seed %d", seed)
                    .isEqualTo(name.toString());
            assertThat(Identifiers.asWritten(quoted)).as("seed %d", seed).isEqualTo(quoted);
        }
    }
}
