// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemporalEdgesTest {

    private static final CodecRegistry REGISTRY = CodecRegistry.standard();

    @Test
    @DisplayName("[X31, G2] 24:00 has no place in LocalTime and OffsetTime, and is read as String")
    void refusesMidnightAtTheEndOfTheDay() {
        assertThatThrownBy(() -> Bytes.text(PgType.TIME, "24:00:00", LocalTime.class))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("24:00:00");
        assertThatThrownBy(() -> Bytes.binary(PgType.TIME, "000000141dd76000", LocalTime.class))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("24:00:00");
        assertThatThrownBy(() -> Bytes.text(PgType.TIMETZ, "24:00:00+01", OffsetTime.class))
                .isInstanceOf(ValueException.class);
        assertThat(Bytes.binary(PgType.TIME, "000000141dd76000", String.class)).isEqualTo("24:00:00");
    }

    @Test
    @DisplayName("[X31, G2] infinity has no place in ZonedDateTime")
    void refusesInfinityWithAZone() {
        for (PgType type : List.of(PgType.TIMESTAMP, PgType.TIMESTAMPTZ)) {
            assertThatThrownBy(() -> Bytes.text(type, "infinity", ZonedDateTime.class))
                    .isInstanceOf(ValueException.class)
                    .hasMessageContaining("infinity");
            assertThatThrownBy(() -> Bytes.binary(type, "8000000000000000", ZonedDateTime.class))
                    .isInstanceOf(ValueException.class)
                    .hasMessageContaining("-infinity");
        }
    }

    @ParameterizedTest(name = "[G2] {0} is no {1} in DateStyle ISO")
    @DisplayName("[G2] other date styles and impossible dates are refused, not guessed")
    @CsvSource({
        "02/29/2024,date",
        "29.02.2024,date",
        "02-29-2024,date",
        "2024-2-9,date",
        "2023-02-29,date",
        "1900-02-29,date",
        "2024-13-01,date",
        "2024-00-01,date",
        "2024-01-00,date",
        "2024-04-31,date",
        "0000-01-01,date",
        "2024-01-01 AD,date",
        "12345678-01-01,date",
        "Infinity,date",
        "2024-01-01,timestamp",
        "2024-01-01 12:00,timestamp",
        "2024-01-01T12:00:00,timestamp",
        "Thu Feb 29 12:34:56 2024,timestamp",
        "2024-01-01 12:00:00+00,timestamp",
        "2024-01-01 12:00:00,timestamptz",
        "2024-01-01 12:00:00 CET,timestamptz",
        "2024-01-01 12:00:00+1,timestamptz",
        "2024-01-01 12:00:00+16,timestamptz",
        "2024-01-01 12:00:00+0100,timestamptz",
        "2024-01-01 12:00:00+01:60,timestamptz",
        "2024-01-01 25:00:00,timestamp",
        "2024-01-01 12:60:00,timestamp",
        "2024-01-01 12:00:60,timestamp",
        "2024-01-01 12:00:00.,timestamp",
        "2024-01-01 12:00:00.1234567,timestamp",
        "24:00:01,time",
        "12:00,time",
        "12:00:00 PM,time",
        "12:00:00,timetz",
        "12:00:00+,timetz",
        "-1:00:00,time"
    })
    void refusesOtherText(String text, String typeName) {
        PgType type = List.of(PgType.DATE, PgType.TIME, PgType.TIMETZ, PgType.TIMESTAMP, PgType.TIMESTAMPTZ).stream()
                .filter(candidate -> candidate.getName().equals(typeName))
                .findAny()
                .orElseThrow();

        assertThatThrownBy(() -> Bytes.text(type, text, Object.class))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining(typeName);
    }

    @ParameterizedTest(name = "[G2, G11] time of {0} microseconds")
    @DisplayName("[G2, G11] binary times beyond the day and offsets beyond the server's are refused")
    @ValueSource(strings = {"ffffffffffffffff", "000000141dd76001", "7fffffffffffffff"})
    void refusesImpossibleTimes(String micros) {
        assertThatThrownBy(() -> Bytes.binary(PgType.TIME, micros, Object.class))
                .isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> Bytes.binary(PgType.TIMETZ, micros + "00000000", String.class))
                .isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> Bytes.binary(PgType.TIMETZ, "00000000000000000000e100", Object.class))
                .isInstanceOf(ValueException.class);
    }

    @Test
    @DisplayName("[G10, X25] timestamptz has the session's offset in both formats, whatever offset the text has")
    void followsTheZone() {
        CodecRegistry berlin = REGISTRY.at(ZoneId.of("Europe/Berlin"));
        OffsetDateTime summer = OffsetDateTime.of(2024, 7, 1, 14, 0, 0, 0, ZoneOffset.ofHours(2));

        Decoder<OffsetDateTime> text = berlin.decoder(1184, Format.TEXT, OffsetDateTime.class);
        assertThat(Bytes.decode(text, "2024-07-01 12:00:00+00".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(summer);
        byte[] binary = Bytes.written(berlin.encoding(summer), summer);
        assertThat(Bytes.decode(berlin.decoder(1184, Format.BINARY, OffsetDateTime.class), binary))
                .isEqualTo(summer);
        assertThat(Bytes.decode(berlin.decoder(1184, Format.BINARY, String.class), binary))
                .isEqualTo("2024-07-01 14:00:00+02");
        assertThat(Bytes.decode(berlin.decoder(1184, Format.BINARY, LocalDateTime.class), binary))
                .isEqualTo(summer.toLocalDateTime());
        assertThat(Bytes.decode(berlin.decoder(1184, Format.BINARY, ZonedDateTime.class), binary))
                .isEqualTo(summer.atZoneSameInstant(ZoneId.of("Europe/Berlin")));
        assertThat(Bytes.decode(
                        berlin.decoder(1185, Format.TEXT, Object[].class),
                        "{\"2024-07-01 12:00:00+00\"}".getBytes(StandardCharsets.US_ASCII)))
                .containsExactly(summer);
        assertThat(berlin.at(ZoneId.of("Europe/Berlin"))).isSameAs(berlin);
    }

    @Test
    @DisplayName("[G10] local times become instants, and instants local times, in the session's zone")
    void convertsInTheZone() {
        CodecRegistry berlin = REGISTRY.at(ZoneId.of("Europe/Berlin"));
        LocalDateTime local = LocalDateTime.of(2024, 1, 1, 1, 0);
        Instant instant = Instant.parse("2024-01-01T00:00:00Z");

        byte[] timestamp = Bytes.written(berlin.encoding(instant, 1114), instant);
        assertThat(Bytes.decode(berlin.decoder(1114, Format.BINARY, LocalDateTime.class), timestamp))
                .isEqualTo(local);
        assertThat(Bytes.decode(berlin.decoder(1114, Format.BINARY, Instant.class), timestamp))
                .isEqualTo(instant);
        byte[] timestamptz = Bytes.written(berlin.encoding(local, 1184), local);
        assertThat(Bytes.decode(berlin.decoder(1184, Format.BINARY, Instant.class), timestamptz))
                .isEqualTo(instant);
    }

    @ParameterizedTest(name = "[G10] TimeZone {0} is {1}")
    @DisplayName("[G10] the server's names of zones: regions, and POSIX rules in which west is positive")
    @CsvSource({
        "Europe/Berlin,Europe/Berlin",
        "UTC,UTC",
        "Asia/Calcutta,Asia/Calcutta",
        "EST,-05:00",
        "<+03>-03,+03:00",
        "<-05:30>+05:30,-05:30",
        "GMT+3,-03:00",
        "UTC-5:45:30,+05:45:30",
        "XYZ7,-07:00"
    })
    void knowsTheServersZones(String name, String zone) {
        assertThat(ServerZone.parse(name)).isEqualTo(ZoneId.of(zone));
        CodecRegistry registry = REGISTRY.at(name);
        assertThat(registry.at(ZoneId.of(zone))).isSameAs(registry);
        assertThat(REGISTRY.at("Etc/UTC")).isSameAs(REGISTRY);
    }

    @ParameterizedTest(name = "[G10] TimeZone {0} is not known")
    @DisplayName("[G10, X31] in a zone Java does not know instants are read, but no local time is taken for one")
    @ValueSource(strings = {"CET-1CEST", "Mars/Olympus", "", "posix/Europe/Berlin", "<+30>-30", "GMT+", "IST"})
    void refusesToGuessInUnknownZones(String name) {
        CodecRegistry registry = REGISTRY.at(name);
        byte[] zero = new byte[8];
        OffsetDateTime start = OffsetDateTime.of(2000, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

        assertThat(Bytes.decode(registry.decoder(1184, Format.BINARY, OffsetDateTime.class), zero))
                .isEqualTo(start);
        assertThat(Bytes.decode(registry.decoder(1184, Format.BINARY, Instant.class), zero))
                .isEqualTo(start.toInstant());
        assertThat(registry.encoding(start).typeOid()).isEqualTo(1184);
        assertThatThrownBy(() -> registry.decoder(1184, Format.BINARY, LocalDateTime.class))
                .isInstanceOf(ValueException.class);
        for (Class<?> target : List.<Class<?>>of(Instant.class, OffsetDateTime.class, ZonedDateTime.class)) {
            assertThatThrownBy(() -> registry.decoder(1114, Format.TEXT, target))
                    .isInstanceOf(ValueException.class);
        }
        assertThatThrownBy(() -> registry.encoding(start, 1114)).isInstanceOf(IllegalArgumentException.class);
        LocalDateTime local = start.toLocalDateTime();
        assertThatThrownBy(() -> registry.encoding(local, 1184)).isInstanceOf(IllegalArgumentException.class);
        assertThat(registry.encoding(local, 1114).typeOid()).isEqualTo(1114);
    }

    @Test
    @DisplayName("[G2] digits beyond microseconds are dropped, so that the last instant of a day stays in it")
    void dropsNanoseconds() {
        assertThat(Bytes.hex(REGISTRY.encoding(LocalTime.MAX), LocalTime.MAX)).isEqualTo("000000141dd75fff");
        LocalDateTime last = LocalDate.of(1999, 12, 31).atTime(LocalTime.MAX);
        assertThat(Bytes.hex(REGISTRY.encoding(last), last)).isEqualTo("ffffffffffffffff");
        Instant before = Instant.parse("1999-12-31T23:59:59.999999999Z");
        assertThat(Bytes.hex(REGISTRY.encoding(before), before)).isEqualTo("ffffffffffffffff");
    }

    @Test
    @DisplayName("[G2] values beyond the server's range are refused when written")
    void refusesValuesOutOfRange() {
        List<Object> values = List.of(
                LocalDate.of(-4713, 11, 23),
                LocalDate.of(5874898, 1, 1),
                LocalDate.MAX.minusDays(1),
                LocalDateTime.of(294277, 1, 1, 0, 0),
                LocalDateTime.of(-4713, 11, 23, 23, 59),
                LocalDateTime.MIN.plusNanos(1),
                OffsetDateTime.MAX.minusNanos(1),
                Instant.MIN.plusSeconds(1),
                OffsetTime.of(LocalTime.NOON, ZoneOffset.ofHours(16)),
                OffsetTime.of(LocalTime.NOON, ZoneOffset.MIN));
        for (Object value : values) {
            Encoding encoding = REGISTRY.encoding(value);
            assertThatThrownBy(() -> Bytes.written(encoding, value))
                    .as("%s", value)
                    .isInstanceOf(ValueException.class)
                    .hasMessageContaining(value.getClass().getTypeName());
        }
        Encoding timestamp = REGISTRY.encoding(Instant.MAX, 1114);
        assertThatThrownBy(() -> Bytes.written(timestamp, Instant.MAX.minusSeconds(1)))
                .isInstanceOf(ValueException.class);
    }

    @Test
    @DisplayName("[X31] a day as timestamp begins at midnight; its infinities stay infinite")
    void writesDaysAsTimestamps() {
        Encoding encoding = REGISTRY.encoding(LocalDate.MAX, 1114);

        assertThat(Bytes.hex(encoding, LocalDate.of(2000, 1, 2))).isEqualTo("000000141dd76000");
        assertThat(Bytes.hex(encoding, LocalDate.MAX)).isEqualTo("7fffffffffffffff");
        assertThat(Bytes.hex(encoding, LocalDate.MIN)).isEqualTo("8000000000000000");
    }

    @Test
    @DisplayName("java.util.Date is an instant; its subclasses of java.sql are not guessed at")
    void writesDates() {
        Date date = Date.from(Instant.parse("2000-01-01T00:00:00.001Z"));

        assertThat(REGISTRY.encoding(date).typeOid()).isEqualTo(1184);
        assertThat(Bytes.hex(REGISTRY.encoding(date), date)).isEqualTo("00000000000003e8");
        assertThat(REGISTRY.canEncode(Timestamp.from(Instant.EPOCH))).isFalse();
    }
}
