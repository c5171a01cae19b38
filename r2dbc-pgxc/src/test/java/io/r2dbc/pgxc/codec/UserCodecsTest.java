// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Year;
import java.time.ZoneOffset;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class UserCodecsTest {

    private static final CodecRegistry REGISTRY = CodecRegistry.standard();

    /** A type of the user's own: an amount of cents, stored as int8. */
    record Cents(long amount) {}

    private static final class CentsCodec implements Codec<Cents> {

        @Override
        public Class<Cents> javaType() {
            return Cents.class;
        }

        @Override
        public PgType type() {
            return PgType.INT8;
        }

        @Override
        public boolean readsBinary() {
            return true;
        }

        @Override
        public Format format() {
            return Format.BINARY;
        }

        @Override
        public Cents decode(ByteBuf buffer, int offset, int length, PgType type, Format format) {
            return new Cents(
                    format == Format.BINARY
                            ? buffer.getLong(offset)
                            : Long.parseLong(buffer.toString(offset, length, StandardCharsets.US_ASCII)));
        }

        @Override
        public void encode(Cents value, ByteBuf out) {
            out.writeLong(value.amount());
        }
    }

    @Test
    @DisplayName("a codec of the user's own reads, writes and has arrays")
    void usesTheUsersCodec() {
        CodecRegistry registry =
                CodecRegistry.builder().register(new CentsCodec()).build();
        Cents cents = new Cents(77);

        Encoding encoding = registry.encoding(cents);
        assertThat(encoding.typeOid()).isEqualTo(20);
        assertThat(Bytes.decode(registry.decoder(20, Format.BINARY, Cents.class), Bytes.written(encoding, cents)))
                .isEqualTo(cents);
        assertThat(Bytes.decode(registry.decoder(20, Format.TEXT, Cents.class), new byte[] {'7', '7'}))
                .isEqualTo(cents);
        assertThat(Bytes.decode(registry.decoder(20, Format.TEXT, Object.class), new byte[] {'7', '7'}))
                .isEqualTo(77L);
        Cents[] array = {cents, null};
        assertThat(registry.encoding(array).typeOid()).isEqualTo(1016);
        assertThat(Bytes.decode(
                        registry.decoder(1016, Format.BINARY, Cents[].class),
                        Bytes.written(registry.encoding(array), array)))
                .containsExactly(array);
        assertThat(registry.readsBinary(20)).isTrue();
        assertThat(registry.typeOidOf(Cents.class)).isEqualTo(20);
        assertThat(registry.encoding(cents, 20).format()).isEqualTo(Format.BINARY);
        assertThat(registry.at(ZoneOffset.ofHours(1)).canEncode(cents)).isTrue();
        assertThat(REGISTRY.canEncode(cents)).isFalse();
    }

    @Test
    @DisplayName("a codec over text makes the server send text, names what fails, and may know its type by name only")
    void usesTextCodecs() {
        Codec<Cents> byName = Codec.text(
                Cents.class, PgType.named("cents"), text -> new Cents(Long.parseLong(text)), c -> "" + c.amount());
        Codec<Year> years = Codec.text(Year.class, PgType.NUMERIC, Year::parse, Year::toString);
        CodecRegistry registry =
                CodecRegistry.builder().register(byName).register(years).build();

        assertThat(registry.encoding(new Cents(5)).typeOid()).isZero();
        assertThat(Bytes.decode(registry.decoder(99_999, Format.TEXT, Cents.class), new byte[] {'5'}))
                .isEqualTo(new Cents(5));
        assertThat(Bytes.decode(registry.decoder(99_999, Format.TEXT, Object.class), new byte[] {'5'}))
                .isEqualTo("5");
        assertThatThrownBy(() -> Bytes.decode(registry.decoder(99_999, Format.TEXT, Cents.class), new byte[] {'x'}))
                .isInstanceOf(ValueException.class)
                .hasCauseInstanceOf(NumberFormatException.class);
        assertThat(registry.readsBinary(1700)).isFalse();
        assertThat(registry.readsBinary(1231)).isFalse();
        assertThat(registry.readsBinary(23)).isTrue();
        assertThatThrownBy(() -> registry.decoder(1700, Format.BINARY, Year.class))
                .isInstanceOf(ValueException.class);
    }

    @Test
    @DisplayName("a codec may be the default of its type, and the first one registered wins")
    void takesTheFirstCodec() {
        CodecRegistrar registrar =
                builder -> builder.register(new UsualJson("first")).register(new UsualJson("second"));
        CodecRegistry.Builder builder = CodecRegistry.builder();
        registrar.register(builder);
        CodecRegistry registry = builder.build();

        assertThat(registry.defaultType(3802)).isEqualTo(StringBuilder.class);
        assertThat(registry.defaultType(3807)).isEqualTo(StringBuilder[].class);
        Object value = Bytes.decode(registry.decoder(3802, Format.TEXT, String.class), new byte[] {'1'});
        assertThat(value).isEqualTo("1");
        ByteBuf buffer = Unpooled.wrappedBuffer(new byte[] {'1'});
        assertThat(registry.decoder(3802, Format.TEXT, Object.class).decode(buffer, 0, 1))
                .hasToString("first");
    }

    private record UsualJson(String text) implements Codec<StringBuilder> {

        @Override
        public Class<StringBuilder> javaType() {
            return StringBuilder.class;
        }

        @Override
        public PgType type() {
            return PgType.JSONB;
        }

        @Override
        public boolean isDefault() {
            return true;
        }

        @Override
        public StringBuilder decode(ByteBuf buffer, int offset, int length, PgType type, Format format) {
            return new StringBuilder(text);
        }

        @Override
        public void encode(StringBuilder value, ByteBuf out) {
            out.writeCharSequence(value, StandardCharsets.UTF_8);
        }
    }

    private enum Level {
        LOW,
        HIGH
    }

    @Test
    @DisplayName(
            "[X30] labels are those of the constants, and each has its own; only a type known by name may be read in binary")
    void labels() {
        Codec<Level> codec = Codec.labels(
                Level.class, PgType.named("level"), level -> level.name().toLowerCase(Locale.ROOT));
        assertThat(codec.readsBinary()).isTrue();
        assertThat(Codec.labels(Level.class, PgType.INT2, level -> level == Level.LOW ? "0" : "1")
                        .readsBinary())
                .isFalse();
        CodecRegistry registry = CodecRegistry.builder().register(codec).build();
        assertThat(new String(Bytes.written(registry.encoding(Level.HIGH), Level.HIGH), StandardCharsets.UTF_8))
                .isEqualTo("high");
        assertThat(Bytes.decode(
                        registry.decoder(99_999, Format.TEXT, Level.class), "low".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(Level.LOW);
        assertThatThrownBy(() -> Bytes.decode(
                        registry.decoder(99_999, Format.TEXT, Level.class), "LOW".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("Level")
                .hasMessageContaining("LOW");
        assertThatThrownBy(() -> Codec.labels(Level.class, PgType.named("level"), level -> "same"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("same");
    }
}
