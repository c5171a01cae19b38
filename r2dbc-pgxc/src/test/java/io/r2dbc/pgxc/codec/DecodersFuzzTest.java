// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.DisplayName;

/**
 * Feeds the decoders what no server sends. The build runs the corpus; with {@code JAZZER_FUZZ=1} in the environment Jazzer
 * looks for more, one target at a time: {@code -Dtest=DecodersFuzzTest#arrays}.
 */
@DisplayName("[A18, G8, G11] decoders, fuzzed")
class DecodersFuzzTest {

    @FuzzTest
    void numbers(byte[] input) {
        FuzzTarget.NUMBERS.feed(input);
    }

    @FuzzTest
    void times(byte[] input) {
        FuzzTarget.TIMES.feed(input);
    }

    @FuzzTest
    void texts(byte[] input) {
        FuzzTarget.TEXTS.feed(input);
    }

    @FuzzTest
    void networks(byte[] input) {
        FuzzTarget.NETWORKS.feed(input);
    }

    @FuzzTest
    void geometry(byte[] input) {
        FuzzTarget.GEOMETRY.feed(input);
    }

    @FuzzTest
    void search(byte[] input) {
        FuzzTarget.SEARCH.feed(input);
    }

    @FuzzTest
    void arrays(byte[] input) {
        FuzzTarget.ARRAYS.feed(input);
    }

    @FuzzTest
    void composites(byte[] input) {
        FuzzTarget.COMPOSITES.feed(input);
    }

    @FuzzTest
    void ranges(byte[] input) {
        FuzzTarget.RANGES.feed(input);
    }

    @FuzzTest
    void extensions(byte[] input) {
        FuzzTarget.EXTENSIONS.feed(input);
    }
}
