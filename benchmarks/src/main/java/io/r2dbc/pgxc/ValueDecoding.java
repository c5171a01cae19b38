// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.pgxc.codec.CodecRegistry;
import io.r2dbc.pgxc.codec.Decoder;
import io.r2dbc.pgxc.codec.Encoding;
import io.r2dbc.pgxc.codec.Format;
import io.r2dbc.pgxc.codec.PgType;
import io.r2dbc.pgxc.value.Inet;
import io.r2dbc.pgxc.value.Interval;
import io.r2dbc.pgxc.value.Lsn;
import io.r2dbc.pgxc.value.MacAddress;
import io.r2dbc.pgxc.value.Multirange;
import io.r2dbc.pgxc.value.Point;
import io.r2dbc.pgxc.value.Polygon;
import io.r2dbc.pgxc.value.Range;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What one value of each family costs, in either format: {@code -p type=numeric -prof gc} shows its bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ValueDecoding {

    private static final LocalDateTime NOON = LocalDateTime.of(2024, 2, 29, 12, 34, 56, 789_000_000);

    /** A value of each type, and the type as which it is written. */
    private record Sample(PgType type, Object value) {}

    private static final Map<String, Sample> SAMPLES = Map.ofEntries(
            Map.entry("bool", new Sample(PgType.BOOL, true)),
            Map.entry("int4", new Sample(PgType.INT4, 123_456_789)),
            Map.entry("int8", new Sample(PgType.INT8, 1_234_567_890_123L)),
            Map.entry("float8", new Sample(PgType.FLOAT8, 1.25)),
            Map.entry("numeric", new Sample(PgType.NUMERIC, new BigDecimal("1234567890.12"))),
            Map.entry("text", new Sample(PgType.TEXT, "sixteen letters!")),
            Map.entry("bytea", new Sample(PgType.BYTEA, ByteBuffer.wrap(new byte[16]))),
            Map.entry("uuid", new Sample(PgType.UUID, new UUID(0x1234_5678_9abc_def0L, 0x0fed_cba9_8765_4321L))),
            Map.entry("date", new Sample(PgType.DATE, NOON.toLocalDate())),
            Map.entry("time", new Sample(PgType.TIME, LocalTime.of(12, 34, 56))),
            Map.entry("timestamp", new Sample(PgType.TIMESTAMP, NOON)),
            Map.entry("timestamptz", new Sample(PgType.TIMESTAMPTZ, NOON.atOffset(ZoneOffset.UTC))),
            Map.entry("interval", new Sample(PgType.INTERVAL, new Interval(1, 2, 3_000_000))),
            Map.entry("inet", new Sample(PgType.INET, InetAddress.getLoopbackAddress())),
            Map.entry("cidr", new Sample(PgType.CIDR, new Inet(InetAddress.getLoopbackAddress(), 32))),
            Map.entry("macaddr", new Sample(PgType.MACADDR, MacAddress.parse("08:00:2b:01:02:03"))),
            Map.entry("varbit", new Sample(PgType.VARBIT, "0110100110010110")),
            Map.entry("point", new Sample(PgType.POINT, new Point(1.5, -2.25))),
            Map.entry(
                    "polygon",
                    new Sample(
                            PgType.POLYGON, new Polygon(List.of(new Point(0, 0), new Point(1, 0), new Point(1, 1))))),
            Map.entry("pg_lsn", new Sample(PgType.PG_LSN, new Lsn(0x16_B374_D848L))),
            Map.entry("int4range", new Sample(PgType.INT4RANGE, Range.closedOpen(1, 5))),
            Map.entry(
                    "datemultirange",
                    new Sample(PgType.of(4535), Multirange.of(Range.closedOpen(LocalDate.EPOCH, LocalDate.EPOCH)))),
            Map.entry("int4[]", new Sample(PgType.of(PgType.INT4.arrayOid()), new int[] {1, 2, 3, 4})),
            Map.entry("text[]", new Sample(PgType.of(PgType.TEXT.arrayOid()), new String[] {"a", "b c", null})));

    /** The type; it is read in the class of its sample. */
    @Param({
        "bool",
        "int4",
        "int8",
        "float8",
        "numeric",
        "text",
        "bytea",
        "uuid",
        "date",
        "time",
        "timestamp",
        "timestamptz",
        "interval",
        "inet",
        "cidr",
        "macaddr",
        "varbit",
        "point",
        "polygon",
        "pg_lsn",
        "int4range",
        "datemultirange",
        "int4[]",
        "text[]"
    })
    public String type = "int4";

    /** The format that the value arrives in. */
    @Param({"TEXT", "BINARY"})
    public Format format = Format.BINARY;

    private ByteBuf bytes = Unpooled.EMPTY_BUFFER;
    private Decoder<?> decoder = (buffer, offset, length) -> buffer;
    private int length;

    /** Encodes the value, and plans how it is read. */
    @Setup
    public void encode() {
        Sample sample = Objects.requireNonNull(SAMPLES.get(type), type);
        CodecRegistry registry = CodecRegistry.standard();
        int oid = sample.type().oid();
        ByteBuf encoded = Unpooled.directBuffer();
        Encoding encoding = registry.encoding(sample.value(), oid);
        encoding.write(sample.value(), encoded);
        if (format == Format.TEXT && encoding.format() == Format.BINARY) {
            String text = registry.decoder(oid, Format.BINARY, String.class).decode(encoded, 0, encoded.writerIndex());
            encoded.clear().writeCharSequence(text, StandardCharsets.UTF_8);
        }
        bytes = encoded;
        length = encoded.writerIndex();
        decoder =
                registry.decoder(oid, encoding.format() == Format.TEXT ? Format.TEXT : format, target(sample.value()));
    }

    private static Class<?> target(Object value) {
        if (value instanceof ByteBuffer) {
            return ByteBuffer.class;
        }
        return value instanceof InetAddress ? InetAddress.class : value.getClass();
    }

    /** One value, and nothing allocated beside it. */
    @Benchmark
    public Object one() {
        return decoder.decode(bytes, 0, length);
    }
}
