// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import static io.r2dbc.pgxc.codec.CodecCase.row;

import io.r2dbc.pgxc.value.Inet;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.List;

/** Rows for {@code inet} and {@code cidr}: what PostgreSQL answers to each literal in both formats. */
final class InetCases {

    static final List<CodecCase> INET = List.of(
            address("10.0.0.1", "10.0.0.1", "0a000001"),
            address("0.0.0.0", "0.0.0.0", "00000000"),
            address("255.255.255.255", "255.255.255.255", "ffffffff"),
            address("192.168.100.9/32", "192.168.100.9", "c0a86409"),
            address("::", "::", "00000000000000000000000000000000"),
            address("::1", "::1", "00000000000000000000000000000001"),
            address("1::", "1::", "00010000000000000000000000000000"),
            address("2001:DB8::A:0:0:1/128", "2001:db8::a:0:0:1", "20010db800000000000a000000000001"),
            address("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", "20010db8000000000001000000000001"),
            address("2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1", "20010db8000000010000000000000001"),
            address("1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8", "00010000000300040005000600070008"),
            address("::3:4:5:6:7:8", "::3:4:5:6:7:8", "00000000000300040005000600070008"),
            address("0:2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8", "00000002000300040005000600070008"),
            address("1:2:3:4:5:6::", "1:2:3:4:5:6::", "00010002000300040005000600000000"),
            address("1:2:3:4:5:6:7:0", "1:2:3:4:5:6:7:0", "00010002000300040005000600070000"),
            address("::ffff:10.0.0.1", "::ffff:10.0.0.1", "00000000000000000000ffff0a000001"),
            address("::fffe:a00:1", "::fffe:a00:1", "00000000000000000000fffe0a000001"),
            address("::10.0.0.1", "::10.0.0.1", "0000000000000000000000000a000001"),
            address("::2", "::2", "00000000000000000000000000000002"),
            address("::1:0", "::0.1.0.0", "00000000000000000000000000010000"),
            address("64:ff9b::10.0.0.1", "64:ff9b::a00:1", "0064ff9b00000000000000000a000001"),
            address(
                    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                    "ffffffffffffffffffffffffffffffff"),
            network("10.0.0.1", "022000040a000001"),
            network("10.1.2.3/8", "020800040a010203"),
            network("0.0.0.0/0", "0200000400000000"),
            network("::1/64", "0340001000000000000000000000000000000001"),
            network("2001:db8::/127", "037f001020010db8000000000000000000000000"),
            network("::ffff:10.0.0.0/104", "0368001000000000000000000000ffff0a000000"),
            row(
                    "inet[]",
                    1041,
                    "{10.0.0.1,NULL,::1}",
                    "{10.0.0.1,NULL,::1}",
                    "000000010000000100000365000000030000000100000008022000040a000001ffffffff000000140380001000000000000000000000000000000001",
                    new InetAddress[] {of("0a000001"), null, of("00000000000000000000000000000001")},
                    InetAddress[].class),
            row(
                    "inet[]",
                    1041,
                    "{{10.0.0.1},{10.0.0.2}}",
                    "{{10.0.0.1},{10.0.0.2}}",
                    "000000020000000000000365000000020000000100000001000000010000000802200004"
                            + "0a00000100000008022000040a000002",
                    new InetAddress[][] {{of("0a000001")}, {of("0a000002")}},
                    InetAddress[][].class),
            row(
                    "inet[]",
                    1041,
                    "{10.0.0.0/8,NULL}",
                    "{10.0.0.0/8,NULL}",
                    "000000010000000100000365000000020000000100000008020800040a000000ffffffff",
                    new String[] {"10.0.0.0/8", null},
                    String[].class),
            inet("10.0.0.1", "022000040a000001"),
            inet("10.1.2.3/8", "020800040a010203"),
            inet("0.0.0.0/0", "0200000400000000"),
            inet("::1/64", "0340001000000000000000000000000000000001"),
            inet("::ffff:10.0.0.0/104", "0368001000000000000000000000ffff0a000000"),
            inet("::ffff:10.0.0.1", "0380001000000000000000000000ffff0a000001"),
            row(
                    "inet[]",
                    1041,
                    "{10.0.0.0/8,NULL}",
                    "{10.0.0.0/8,NULL}",
                    "000000010000000100000365000000020000000100000008020800040a000000ffffffff",
                    new Inet[] {value("020800040a000000"), null},
                    Inet[].class));

    static final List<CodecCase> CIDR = List.of(
            cidr("10.0.0.0/8", "10.0.0.0/8", "020801040a000000"),
            cidr("10", "10.0.0.0/8", "020801040a000000"),
            cidr("10.0.0.1", "10.0.0.1/32", "022001040a000001"),
            cidr("0.0.0.0/0", "0.0.0.0/0", "0200010400000000"),
            cidr("128.0.0.0/1", "128.0.0.0/1", "0201010480000000"),
            cidr("255.255.255.254/31", "255.255.255.254/31", "021f0104fffffffe"),
            cidr("::/0", "::/0", "0300011000000000000000000000000000000000"),
            cidr("2001:db8::/32", "2001:db8::/32", "0320011020010db8000000000000000000000000"),
            cidr("::1", "::1/128", "0380011000000000000000000000000000000001"),
            cidr("::ffff:10.0.0.0/104", "::ffff:10.0.0.0/104", "0368011000000000000000000000ffff0a000000"),
            row("cidr", 650, "10.0.0.1", "10.0.0.1/32", "022001040a000001", of("0a000001"), InetAddress.class),
            row("cidr", 650, "10.0.0.1", "10.0.0.1/32", "022001040a000001", "10.0.0.1/32", String.class),
            row("cidr", 650, "10.0.0.0/8", "10.0.0.0/8", "020801040a000000", "10.0.0.0/8", String.class),
            row(
                    "cidr[]",
                    651,
                    "{10.0.0.0/8,NULL,::1}",
                    "{10.0.0.0/8,NULL,::1/128}",
                    "00000001000000010000028a0000000300000001" + "00000008020801040a000000" + "ffffffff"
                            + "000000140380011000000000000000000000000000000001",
                    new Inet[] {value("020801040a000000"), null, value("0380011000000000000000000000000000000001")},
                    Inet[].class),
            row(
                    "cidr[]",
                    651,
                    "{{10.0.0.0/8},{10.0.0.1/32}}",
                    "{{10.0.0.0/8},{10.0.0.1/32}}",
                    "00000002000000000000028a00000002000000010000000100000001" + "00000008020801040a000000"
                            + "00000008022001040a000001",
                    new Inet[][] {{value("020801040a000000")}, {value("022001040a000001")}},
                    Inet[][].class));

    private InetCases() {}

    private static CodecCase address(String literal, String text, String bytes) {
        String header = bytes.length() == 8 ? "02200004" : "03800010";
        return row("inet", 869, literal, text, header + bytes, of(bytes), InetAddress.class);
    }

    private static CodecCase network(String literal, String hex) {
        return row("inet", 869, literal, literal, hex, literal, String.class);
    }

    private static CodecCase inet(String text, String hex) {
        return row("inet", 869, text, text, hex, value(hex), Inet.class);
    }

    private static CodecCase cidr(String literal, String text, String hex) {
        return row("cidr", 650, literal, text, hex, value(hex), Inet.class);
    }

    /** Of the binary form: the prefix is its second byte, the address what follows four bytes. */
    static Inet value(String hex) {
        return new Inet(of(hex.substring(8)), HexFormat.fromHexDigits(hex.substring(2, 4)));
    }

    /** Of as many bytes as are given, so that one of IPv6 is not taken for the one of IPv4 that it stands for. */
    static InetAddress of(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        try {
            return bytes.length == 4 ? InetAddress.getByAddress(bytes) : Inet6Address.getByAddress(null, bytes, -1);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
