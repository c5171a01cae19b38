// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.spi.Parameters;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InetTest {

    private static final CodecRegistry REGISTRY = CodecRegistry.standard();

    @ParameterizedTest(name = "[X31] {0}")
    @DisplayName("[X31] a prefix is never lost: such a value is an error as InetAddress, and a String")
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
                            + " bits has no place in java.net.InetAddress, read it as String");
            assertThatThrownBy(() -> Bytes.binary(PgType.INET, hex, target))
                    .isInstanceOf(ValueException.class)
                    .hasMessageStartingWith("inet (binary): an address with a prefix of " + bits + " bits");
        }
        assertThat(Bytes.text(PgType.INET, text, String.class)).isEqualTo(text);
        assertThat(Bytes.binary(PgType.INET, hex, String.class)).isEqualTo(text);
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
        assertThatThrownBy(() -> Bytes.text(PgType.INET, text, InetAddress.class))
                .isInstanceOf(ValueException.class)
                .hasMessageStartingWith("inet (text): malformed value '");
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
        for (Class<?> target : List.of(InetAddress.class, String.class)) {
            assertThatThrownBy(() -> Bytes.binary(PgType.INET, hex, target))
                    .isInstanceOf(ValueException.class)
                    .hasMessageStartingWith("inet (binary): ");
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

        for (PgType type : List.of(PgType.TEXT, PgType.VARCHAR, PgType.of(650))) {
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
    @DisplayName("[X30] an address that was read has no name")
    void hasNoName() {
        assertThat(Bytes.text(PgType.INET, "127.0.0.1", InetAddress.class)).hasToString("/127.0.0.1");
        assertThat(Bytes.binary(PgType.INET, "022000047f000001", InetAddress.class))
                .hasToString("/127.0.0.1");
    }
}
