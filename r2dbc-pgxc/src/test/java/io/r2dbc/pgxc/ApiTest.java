// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Shows a change of the public API in the diff of {@code api.txt}; {@code -Dapi.write=true} accepts it. */
final class ApiTest {

    private static final Path EXPECTED = Path.of("src", "test", "resources", "api.txt");
    private static final String HEADER =
            "# What users may write against. Written by ApiTest with -Dapi.write=true; read by reviewers.";

    @Test
    @DisplayName("the public signatures are those of api.txt")
    void publicSignaturesAreListed() throws IOException, URISyntaxException {
        Path classes = Path.of(Require.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<String> found = new ApiListing(classes).lines();
        if (Boolean.getBoolean("api.write")) {
            Files.writeString(EXPECTED, HEADER + "\n" + String.join("\n", found) + "\n");
        }
        List<String> expected = Files.readAllLines(EXPECTED);
        assertThat(found)
                .as("the public API; if the change is meant: mvn -pl r2dbc-pgxc test -Dtest=ApiTest -Dapi.write=true")
                .isNotEmpty()
                .containsExactlyElementsOf(expected.subList(1, expected.size()));
    }
}
