// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.value;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Holds an {@code inet} or a {@code cidr} of PostgreSQL: an IP address, and how many of its bits, from the left, are
 * those of its network. In an {@code inet} the bits behind the prefix may be anything, in a {@code cidr} they are zero.
 *
 * <p>The address is its bytes and nothing else: a name or a scope that the given address carries is dropped, and no name
 * is ever looked up. An address of IPv6 stays one, even if it stands for one of IPv4.
 *
 * @param address the address, without a name and without a scope
 * @param prefixLength the bits of the network, 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record Inet(InetAddress address, int prefixLength) {

    /**
     * Makes the value.
     *
     * @param address the address; its name and its scope are dropped
     * @param prefixLength the bits of the network
     * @throws IllegalArgumentException if the prefix is negative or longer than the address
     */
    public Inet {
        byte[] bytes = address.getAddress();
        if (prefixLength < 0 || prefixLength > 8 * bytes.length) {
            throw new IllegalArgumentException(
                    "a prefix of " + prefixLength + " bits for an address of " + 8 * bytes.length);
        }
        address = plain(bytes);
    }

    /**
     * An address with all of its bits as the prefix, which is what stands for a single host.
     *
     * @param address the address; its name and its scope are dropped
     * @return the value
     */
    public static Inet of(InetAddress address) {
        return new Inet(address, 8 * address.getAddress().length);
    }

    private static InetAddress plain(byte[] bytes) {
        try {
            return bytes.length == 4
                    ? InetAddress.getByAddress(bytes)
                    : Inet6Address.getByAddress(null, bytes, -1); // the other one would make IPv4 of ::ffff:10.0.0.1
        } catch (UnknownHostException e) {
            throw new IllegalStateException(bytes.length + " bytes", e);
        }
    }

    /**
     * Whether the prefix is all of the address.
     *
     * @return false if the value has the prefix of a network
     */
    public boolean isHost() {
        return prefixLength == 8 * address.getAddress().length;
    }

    /** As the server prints {@code inet}: the address, with {@code /} and the prefix unless that is all of it. */
    @Override
    public String toString() {
        String text = AddressText.print(address.getAddress());
        return isHost() ? text : text + "/" + prefixLength;
    }
}
