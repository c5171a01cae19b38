// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck;

import static io.r2dbc.pgxc.tck.Sandbox.all;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pgxc.PgxcConnection;
import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.codec.RandomValues;
import io.r2dbc.pgxc.tck.server.TestServer;
import io.r2dbc.pgxc.testing.StandingAsserts;
import io.r2dbc.pgxc.value.Interval;
import io.r2dbc.pgxc.value.Range;
import io.r2dbc.spi.Parameters;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

/** Random values that go to the server and come back, in text and in binary. */
@ExtendWith(StandingAsserts.class)
class RandomValuesIT {

    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox("pgxc_random");

    private static final int VERSION = TestServer.shared().versionNum();
    private static final int VALUES = 400;
    private static final long MICROS_PER_HOUR = 3_600_000_000L;

    static Set<PgType> types() {
        return RandomValues.all().keySet();
    }

    @ParameterizedTest(name = "[X30, X10, G2] {0}")
    @MethodSource("types")
    @DisplayName("[X30, X10, G2] an array of random values comes back, element by element and as a whole")
    void comeBack(PgType type) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Function<Random, Object> maker =
                Objects.requireNonNull(RandomValues.all().get(type));
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < VALUES; i++) {
            values.add(random.nextInt(20) == 0 ? null : printable(maker, random));
        }
        Class<?> target = CodecRegistry.standard().defaultType(type.oid());
        goAndComeBack(Objects.requireNonNull(type.array()), values, target, "seed " + seed);
    }

    private static void goAndComeBack(PgType array, List<@Nullable Object> values, Class<?> target, String seed) {
        PgxcConnection connection = SANDBOX.open();
        String sql = "SELECT x FROM unnest($1) WITH ORDINALITY AS u (x, n) ORDER BY n";
        for (int format = 0; format < 2; format++) {
            List<@Nullable Object> back = new ArrayList<>();
            all(Flux.from(connection
                            .createStatement(sql)
                            .bind(0, Parameters.in(array, values))
                            .execute())
                    .concatMap(result -> result.map((row, metadata) -> {
                        back.add(row.get(0, target));
                        return true;
                    })));
            assertThat(back).as("%s, format %d", seed, format).isEqualTo(values);
            List<Integer> whole = all(Flux.from(connection
                            .createStatement("SELECT $1")
                            .bind(0, Parameters.in(array, values))
                            .execute())
                    .concatMap(result -> result.map((row, metadata) -> size(row.get(0, target.arrayType())))));
            assertThat(whole).containsExactly(VALUES);
        }
    }

    /** Hours have 32 bits in what servers before 15 print. */
    private static Object printable(Function<Random, Object> maker, Random random) {
        Object value = maker.apply(random);
        while (VERSION < 150_000
                && value instanceof Interval interval
                && Math.abs(interval.microseconds() / MICROS_PER_HOUR) > Integer.MAX_VALUE) {
            value = maker.apply(random);
        }
        return value;
    }

    private static int size(@Nullable Object array) {
        return ((Object[]) Objects.requireNonNull(array)).length;
    }

    @Test
    @DisplayName("[X30, X10] random ranges of numbers and times come back as the server has normalised them")
    void rangesComeBack() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<@Nullable Object> decimals = new ArrayList<>();
        List<@Nullable Object> times = new ArrayList<>();
        for (int i = 0; i < VALUES; i++) {
            BigDecimal lower = BigDecimal.valueOf(random.nextInt(), random.nextInt(6));
            decimals.add(range(random, lower, lower.add(BigDecimal.valueOf(1 + random.nextInt(1_000)))));
            LocalDateTime begin = LocalDateTime.of(2000, 1, 1, 0, 0).plusSeconds(random.nextInt());
            times.add(range(random, begin, begin.plusSeconds(1 + random.nextInt(1_000))));
        }
        goAndComeBack(Objects.requireNonNull(PgType.NUMRANGE.array()), decimals, Range.class, "seed " + seed);
        goAndComeBack(Objects.requireNonNull(PgType.TSRANGE.array()), times, Range.class, "seed " + seed);
    }

    private static <T> Range<T> range(Random random, T lower, T upper) {
        return random.nextInt(10) == 0
                ? Range.empty()
                : Range.of(
                        random.nextInt(5) == 0 ? null : lower,
                        random.nextBoolean(),
                        random.nextInt(5) == 0 ? null : upper,
                        random.nextBoolean());
    }
}
