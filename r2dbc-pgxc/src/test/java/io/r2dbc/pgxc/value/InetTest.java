// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class InetTest {

    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 0, 0, 1};

    @Test
    @DisplayName("[X30] the name and the scope of an address are dropped")
    void dropsNames() throws UnknownHostException {
        InetAddress named = InetAddress.getByAddress("some.name", new byte[] {10, 0, 0, 1});
        InetAddress scoped = Inet6Address.getByAddress("some.name", new byte[16], 1);

        assertThat(new Inet(named, 8)).hasToString("10.0.0.1/8");
        assertThat(new Inet(named, 8).address()).hasToString("/10.0.0.1");
        assertThat(new Inet(scoped, 128)).hasToString("::");
        assertThat(new Inet(scoped, 128).address().toString()).doesNotContain("%", "name");
    }

    @Test
    @DisplayName("[X31] an IPv6 address that stands for an IPv4 address stays what it is")
    void keepsTheVersion() throws UnknownHostException {
        Inet mapped = Inet.of(Inet6Address.getByAddress(null, MAPPED, -1));
        Inet plain = Inet.of(InetAddress.getByAddress(new byte[] {10, 0, 0, 1}));

        assertThat(mapped).hasToString("::ffff:10.0.0.1").isNotEqualTo(plain);
        assertThat(mapped.address()).isInstanceOf(Inet6Address.class);
        assertThat(mapped.prefixLength()).isEqualTo(128);
        assertThat(plain.prefixLength()).isEqualTo(32);
    }

    @Test
    @DisplayName("[X31] a prefix lies within the address, and tells values apart")
    void checksPrefixes() throws UnknownHostException {
        InetAddress four = InetAddress.getByAddress(new byte[4]);
        InetAddress six = InetAddress.getByAddress(new byte[16]);

        assertThat(new Inet(four, 0)).hasToString("0.0.0.0/0").isNotEqualTo(new Inet(four, 1));
        assertThat(new Inet(four, 32).isHost()).isTrue();
        assertThat(new Inet(six, 32).isHost()).isFalse();
        for (int prefix : new int[] {-1, 33}) {
            assertThatThrownBy(() -> new Inet(four, prefix))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a prefix of " + prefix + " bits for an address of 32");
        }
        assertThatThrownBy(() -> new Inet(six, 129)).isInstanceOf(IllegalArgumentException.class);
    }
}
