// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.pgxc.value.Inet;
import io.r2dbc.spi.Parameters;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InetTest {

    private static final CodecRegistry REGISTRY = CodecRegistry.standard();

    @ParameterizedTest(name = "[X31] {0}")
    @DisplayName("[X31] a prefix is never lost: such a value is an error as InetAddress, and a String or an Inet")
    @CsvSource({
        "10.0.0.0/8, 8, 020800040a000000",
        "10.0.0.1/31, 31, 021f00040a000001",
        "0.0.0.0/0, 0, 0200000400000000",
        "2001:db8::/32, 32, 0320001020010db8000000000000000000000000"
    })
    void keepsPrefixes(String text, int bits, String hex) {
        for (Class<?> target : List.of(InetAddress.class, Object.class)) {
            assertThatThrownBy(() -> Bytes.text(PgType.INET, text, target))
                    .isInstanceOf(ValueException.class)
                    .hasMessage("inet (text): an address with a prefix of " + bits
                            + " bits has no place in java.net.InetAddress, read it as String or"
                            + " io.r2dbc.pgxc.value.Inet");
            assertThatThrownBy(() -> Bytes.binary(PgType.INET, hex, target))
                    .isInstanceOf(ValueException.class)
                    .hasMessageStartingWith("inet (binary): an address with a prefix of " + bits + " bits");
        }
        assertThat(Bytes.text(PgType.INET, text, String.class)).isEqualTo(text);
        assertThat(Bytes.binary(PgType.INET, hex, String.class)).isEqualTo(text);
        assertThat(Bytes.text(PgType.INET, text, Inet.class)).isEqualTo(InetCases.value(hex));
        assertThat(Bytes.binary(PgType.INET, hex, Inet.class)).isEqualTo(InetCases.value(hex));
    }

    @ParameterizedTest(name = "[G11, S8.31] ''{0}''")
    @DisplayName("[G11, S8.31] what is no address is an error, and never a name to be looked up")
    @ValueSource(
            strings = {
                "",
                "localhost",
                "example.org",
                "10",
                "10.1",
                "10.0.0",
                "10.0.0.256",
                "10.0.0.1.2",
                "10.0.0.",
                ".0.0.1",
                "10..0.1",
                "10.0.0.01",
                "10.0.0.-1",
                "10.0.0.1000",
                " 10.0.0.1",
                "10.0.0.1/",
                "10.0.0.1/33",
                "10.0.0.1/032/1",
                "10.0.0.1/-1",
                "10.0.0.1/1000",
                ":",
                ":::",
                "1",
                "1:2",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "1::2:3:4:5:6:7:8:9",
                "1::2::3",
                ":1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:",
                "::1:",
                "::12345",
                "::g",
                "::-1",
                "::1%eth0",
                "::1.2.3",
                "::1.2.3.4:5",
                "1.2.3.4::",
                "1.2.3.4:5::",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::1:2:3:4:5:6:7:1.2.3.4",
                "::1/129",
                "[::1]",
                "10.0.0.1\u0000"
            })
    void refusesOtherText(String text) {
        for (Class<?> target : List.of(InetAddress.class, Inet.class)) {
            assertThatThrownBy(() -> Bytes.text(PgType.INET, text, target))
                    .isInstanceOf(ValueException.class)
                    .hasMessageStartingWith("inet (text): malformed value '");
            assertThatThrownBy(() -> Bytes.text(PgType.CIDR, text, target))
                    .isInstanceOf(ValueException.class)
                    .hasMessageStartingWith("cidr (text): malformed value '");
        }
    }

    @ParameterizedTest(name = "[G11, S8.32] {0}")
    @DisplayName("[G11, S8.32] bytes that are no address are an error for the value")
    @ValueSource(
            strings = {
                "",
                "022000",
                "02200004",
                "022000040a0000",
                "022000040a00000100",
                "032000040a000001",
                "042000040a000001",
                "022100040a000001",
                "0220000a0a000001",
                "0381001000000000000000000000000000000001",
                "0280001000000000000000000000000000000001",
                "038000100000000000000000000000000000"
            })
    void refusesOtherBytes(String hex) {
        for (Class<?> target : List.of(InetAddress.class, Inet.class, String.class)) {
            assertThatThrownBy(() -> Bytes.binary(PgType.INET, hex, target))
                    .isInstanceOf(ValueException.class)
                    .hasMessageStartingWith("inet (binary): ");
            assertThatThrownBy(() -> Bytes.binary(PgType.CIDR, hex, target))
                    .isInstanceOf(ValueException.class)
                    .hasMessageStartingWith("cidr (binary): ");
        }
    }

    @Test
    @DisplayName("[X31] an IPv6 address that stands for an IPv4 address stays what it is, both ways")
    void keepsTheVersion() {
        String hex = "0380001000000000000000000000ffff0a000001";
        InetAddress read = Bytes.binary(PgType.INET, hex, InetAddress.class);
        InetAddress fromText = Bytes.text(PgType.INET, "::ffff:10.0.0.1", InetAddress.class);

        assertThat(read).isInstanceOf(Inet6Address.class).isEqualTo(fromText);
        assertThat(fromText).isInstanceOf(Inet6Address.class);
        assertThat(Bytes.hex(REGISTRY.encoding(read), read)).isEqualTo(hex);
    }

    @Test
    @DisplayName("[X10] both address classes are parameters of type inet, their arrays and lists of inet[]")
    void infersTypes() throws UnknownHostException {
        InetAddress four = InetCases.of("0a000001");
        InetAddress six = InetCases.of("00000000000000000000000000000001");

        for (Class<?> type : List.of(InetAddress.class, Inet4Address.class, Inet6Address.class)) {
            assertThat(REGISTRY.typeOidOf(type)).isEqualTo(869);
            assertThat(REGISTRY.typeOidOf(Parameters.in(type).getType())).isEqualTo(869);
            assertThat(REGISTRY.typeOidOf(type.arrayType())).isEqualTo(1041);
            assertThat(REGISTRY.canEncode(type)).isTrue();
        }
        String bytes = "00000001000000000000036500000002000000010000000802200004" + "0a000001" + "0000001403800010"
                + "00000000000000000000000000000001";
        for (Object both : List.of(new InetAddress[] {four, six}, new Object[] {four, six}, Arrays.asList(four, six))) {
            assertThat(REGISTRY.encoding(both).typeOid()).isEqualTo(1041);
            assertThat(Bytes.hex(REGISTRY.encoding(both), both)).isEqualTo(bytes);
        }
    }

    @Test
    @DisplayName("[X10] an address becomes the text of other types, without the name it was found by and its scope")
    void writesText() throws UnknownHostException {
        InetAddress named = InetAddress.getByAddress("some.name", new byte[] {10, 0, 0, 1});
        InetAddress scoped = Inet6Address.getByAddress("some.name", new byte[16], 1);

        for (PgType type : List.of(PgType.TEXT, PgType.VARCHAR)) {
            assertThat(written(named, type)).isEqualTo("10.0.0.1");
            assertThat(written(scoped, type)).isEqualTo("0:0:0:0:0:0:0:0");
        }
        assertThat(Bytes.hex(REGISTRY.encoding(scoped), scoped))
                .isEqualTo("03800010" + "00000000000000000000000000000000");
    }

    private static String written(InetAddress address, PgType type) {
        Encoding encoding = REGISTRY.encoding(address, type.oid());
        assertThat(encoding.typeOid()).isEqualTo(type.oid());
        assertThat(encoding.format()).isEqualTo(Format.TEXT);
        return new String(Bytes.written(encoding, address), StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("[X10] an Inet is a parameter of type inet, and both classes are one of type cidr if asked to be")
    void writesNetworks() {
        Inet network = InetCases.value("020800040a000000");
        InetAddress host = InetCases.of("0a000001");

        assertThat(REGISTRY.encoding(network).typeOid()).isEqualTo(869);
        assertThat(REGISTRY.typeOidOf(Inet[].class)).isEqualTo(1041);
        assertThat(Bytes.hex(REGISTRY.encoding(network), network)).isEqualTo("020800040a000000");
        assertThat(Bytes.hex(REGISTRY.encoding(network, 869), network)).isEqualTo("020800040a000000");
        assertThat(Bytes.hex(REGISTRY.encoding(network, 650), network)).isEqualTo("020801040a000000");
        assertThat(Bytes.hex(REGISTRY.encoding(host, 650), host)).isEqualTo("022001040a000001");
        Object[] both = {network, host};
        assertThat(Bytes.hex(REGISTRY.encoding(both, 651), both))
                .isEqualTo("00000001000000000000028a0000000200000001" + "00000008020801040a000000"
                        + "00000008022001040a000001");
    }

    @ParameterizedTest(name = "[X31] {0}")
    @DisplayName("[X31] bits behind the prefix are an error for cidr, wherever they are, and none for inet")
    @ValueSource(
            strings = {
                "020800040a000001",
                "020800040a800000",
                "0200000480000000",
                "021f000400000001",
                "0320001000000000800000000000000000000000",
                "037f001000000000000000000000000000000001"
            })
    void refusesHostBits(String hex) {
        Inet value = InetCases.value(hex);

        assertThatThrownBy(() -> Bytes.written(REGISTRY.encoding(value, 650), value))
                .isInstanceOf(ValueException.class)
                .hasMessage("cannot write a io.r2dbc.pgxc.value.Inet as cidr: " + value
                        + " has bits behind the prefix that are not zero");
        assertThat(Bytes.hex(REGISTRY.encoding(value, 869), value)).isEqualTo(hex);
    }

    @Test
    @DisplayName("[X30] cidr is an InetAddress only if its prefix is all of it, and has its prefix printed always")
    void readsCidr() {
        assertThat(REGISTRY.defaultType(650)).isEqualTo(Inet.class);
        assertThat(Bytes.binary(PgType.CIDR, "022001040a000001", String.class)).isEqualTo("10.0.0.1/32");
        assertThat(Bytes.binary(PgType.CIDR, "022001040a000001", InetAddress.class))
                .isEqualTo(InetCases.of("0a000001"));
        assertThatThrownBy(() -> Bytes.binary(PgType.CIDR, "020801040a000000", InetAddress.class))
                .isInstanceOf(ValueException.class)
                .hasMessageStartingWith("cidr (binary): an address with a prefix of 8 bits has no place in");
        assertThatThrownBy(() -> Bytes.text(PgType.CIDR, "10.0.0.0/8", InetAddress.class))
                .isInstanceOf(ValueException.class)
                .hasMessageStartingWith("cidr (text): an address with a prefix of 8 bits has no place in");
    }

    @Test
    @DisplayName("[X30, G8] random networks come back in binary and as text, as inet and as cidr")
    void networksComeBack() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            int prefix = random.nextInt(8 * bytes.length + 1);
            for (int bit = 0; bit < prefix; bit++) {
                bytes[bit / 8] |= (byte) (random.nextInt(3) == 0 ? 0x80 >> bit % 8 : 0);
            }
            Inet value = new Inet(InetCases.of(HexFormat.of().formatHex(bytes)), prefix);
            RoundTrips.check(PgType.INET, Inet.class, value, seed);
            RoundTrips.check(PgType.CIDR, Inet.class, value, seed);
        }
    }

    @Test
    @DisplayName("[X30] an address that was read has no name")
    void hasNoName() {
        assertThat(Bytes.text(PgType.INET, "127.0.0.1", InetAddress.class)).hasToString("/127.0.0.1");
        assertThat(Bytes.binary(PgType.INET, "022000047f000001", InetAddress.class))
                .hasToString("/127.0.0.1");
    }
}
