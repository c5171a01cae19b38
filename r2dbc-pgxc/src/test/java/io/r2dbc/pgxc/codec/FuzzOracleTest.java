// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FuzzOracleTest {

    /** A bug for each target, of the kind that its types invite. */
    private static final Map<FuzzTarget, Decoder<?>> PLANTED = Map.of(
            FuzzTarget.NUMBERS, (buffer, offset, length) -> buffer.getInt(offset),
            FuzzTarget.TIMES, (buffer, offset, length) -> LocalDate.ofEpochDay(buffer.getLong(offset)),
            FuzzTarget.TEXTS, (buffer, offset, length) -> "abc".substring(length),
            FuzzTarget.NETWORKS, (buffer, offset, length) -> new byte[buffer.getByte(offset)],
            FuzzTarget.GEOMETRY, (buffer, offset, length) -> buffer.getDouble(offset + length - 1),
            FuzzTarget.SEARCH, (buffer, offset, length) -> new long[1 << 17],
            FuzzTarget.ARRAYS,
                    (buffer, offset, length) -> new Object[length < 4 ? 0 : buffer.getInt(offset) & 0xFFFFFF],
            FuzzTarget.COMPOSITES, FuzzOracleTest::recursive,
            FuzzTarget.RANGES, (buffer, offset, length) -> buffer.getByte(offset + length),
            FuzzTarget.EXTENSIONS, FuzzOracleTest::endless);

    private static Object recursive(ByteBuf buffer, int offset, int length) {
        return length < 0 ? buffer : List.of(recursive(buffer, offset, length));
    }

    private static Object endless(ByteBuf buffer, int offset, int length) {
        int sum = 0;
        while (length > 0) {
            sum += buffer.getByte(offset);
        }
        return sum;
    }

    @ParameterizedTest(name = "[A18, G8] {0}")
    @EnumSource(FuzzTarget.class)
    @DisplayName("[A18, G8] a bug that is planted in a target is found by its corpus")
    void findsPlantedBugs(FuzzTarget target) throws Exception {
        Decoder<?> planted = Objects.requireNonNull(PLANTED.get(target));
        List<byte[]> corpus = corpus(target);
        assertThat(corpus).isNotEmpty();
        assertThat(corpus.stream()
                        .filter(input -> isFound(target, planted, input))
                        .count())
                .as("inputs that find it")
                .isPositive();
    }

    private static boolean isFound(FuzzTarget target, Decoder<?> planted, byte[] input) {
        try {
            FuzzOracle.check(
                    planted, Arrays.copyOfRange(input, Math.min(2, input.length), input.length), target.allowance());
            return false;
        } catch (AssertionError e) {
            return true;
        }
    }

    @ParameterizedTest(name = "[A18, G8] {0}")
    @EnumSource(FuzzTarget.class)
    @DisplayName("[A18, G8] the corpus of a target has each of its types, and the decoders pass it")
    void coversTypes(FuzzTarget target) throws Exception {
        List<byte[]> corpus = corpus(target);
        for (int i = 0; i < target.types().size(); i++) {
            int index = i;
            assertThat(corpus)
                    .as("of %d", target.types().get(i))
                    .anyMatch(input -> input.length > 0 && input[0] == index);
        }
        corpus.forEach(input -> assertThatCode(() -> target.feed(input)).doesNotThrowAnyException());
    }

    private static List<byte[]> corpus(FuzzTarget target) throws IOException, URISyntaxException {
        Path folder = Path.of(Objects.requireNonNull(FuzzOracleTest.class.getResource(target.folder()))
                .toURI());
        List<byte[]> inputs = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                inputs.add(Files.readAllBytes(file));
            }
        }
        return inputs;
    }
}
