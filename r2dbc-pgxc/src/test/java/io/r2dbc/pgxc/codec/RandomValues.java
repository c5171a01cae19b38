// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import io.r2dbc.pgxc.value.Interval;
import io.r2dbc.pgxc.value.Lsn;
import io.r2dbc.pgxc.value.MacAddress;
import io.r2dbc.pgxc.value.Point;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;

/** Random values of many types, as far as the server can hold them. */
public final class RandomValues {

    private static final Map<PgType, Function<Random, Object>> VALUES = new LinkedHashMap<>();

    static {
        VALUES.put(PgType.BOOL, Random::nextBoolean);
        VALUES.put(PgType.INT2, random -> (short) random.nextInt());
        VALUES.put(PgType.INT4, Random::nextInt);
        VALUES.put(PgType.INT8, random -> random.nextLong() >> random.nextInt(64));
        VALUES.put(PgType.OID, random -> random.nextLong() >>> 32);
        VALUES.put(PgType.FLOAT4, random -> oneNaN(Float.intBitsToFloat(random.nextInt())));
        VALUES.put(PgType.FLOAT8, random -> oneNaN(Double.longBitsToDouble(random.nextLong())));
        VALUES.put(
                PgType.NUMERIC,
                random -> new BigDecimal(new BigInteger(random.nextInt(200), random), random.nextInt(40)));
        VALUES.put(PgType.TEXT, random -> Utf8Test.randomText(random, random.nextInt(30)));
        VALUES.put(PgType.BYTEA, random -> ByteBuffer.wrap(bytes(random)));
        VALUES.put(PgType.UUID, random -> new UUID(random.nextLong(), random.nextLong()));
        VALUES.put(PgType.INET, RandomValues::address);
        VALUES.put(PgType.DATE, RandomValues::date);
        VALUES.put(PgType.TIME, RandomValues::time);
        VALUES.put(
                PgType.TIMETZ,
                random -> OffsetTime.of(time(random), ZoneOffset.ofTotalSeconds(random.nextInt(115_199) - 57_599)));
        VALUES.put(PgType.TIMESTAMP, RandomValues::timestamp);
        VALUES.put(PgType.TIMESTAMPTZ, random -> timestamp(random).atOffset(ZoneOffset.UTC));
        VALUES.put(
                PgType.INTERVAL,
                random -> new Interval(
                        random.nextInt() >> random.nextInt(32),
                        random.nextInt() >> random.nextInt(32),
                        random.nextLong() >> random.nextInt(64)));
        VALUES.put(PgType.VARBIT, RandomValues::bits);
        VALUES.put(PgType.MACADDR, random -> MacAddress.of(sixBytes(random)));
        VALUES.put(PgType.PG_LSN, random -> new Lsn(random.nextLong() >>> random.nextInt(64)));
        VALUES.put(PgType.POINT, random -> new Point(finite(random), finite(random)));
    }

    private RandomValues() {}

    /**
     * Makers of values, each in the default class of its type.
     *
     * @return in a fixed order
     */
    public static Map<PgType, Function<Random, Object>> all() {
        return Collections.unmodifiableMap(VALUES);
    }

    private static String bits(Random random) {
        StringBuilder bits = new StringBuilder();
        for (int i = random.nextInt(40); i > 0; i--) {
            bits.append(random.nextInt(2));
        }
        return bits.toString();
    }

    private static byte[] sixBytes(Random random) {
        byte[] bytes = new byte[6];
        random.nextBytes(bytes);
        return bytes;
    }

    private static double finite(Random random) {
        double value = Double.longBitsToDouble(random.nextLong());
        return Double.isFinite(value) ? value : random.nextInt();
    }

    /** There are many of them, and a processor may turn one into another. */
    private static float oneNaN(float value) {
        return Float.isNaN(value) ? Float.NaN : value;
    }

    private static double oneNaN(double value) {
        return Double.isNaN(value) ? Double.NaN : value;
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(50)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** With many zeros, which are what differs in its text. */
    private static InetAddress address(Random random) {
        byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt() : 0);
        }
        return InetCases.of(HexFormat.of().formatHex(bytes));
    }

    private static LocalDate date(Random random) {
        return LocalDate.of(random.nextInt(290_000) - 4_000, 1, 1).plusDays(random.nextInt(366));
    }

    private static LocalTime time(Random random) {
        return LocalTime.ofNanoOfDay(1_000 * (long) (random.nextDouble() * 86_400_000_000L));
    }

    static LocalDateTime timestamp(Random random) {
        return date(random).atTime(time(random));
    }
}
