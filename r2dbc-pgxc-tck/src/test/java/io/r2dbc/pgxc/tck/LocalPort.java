// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.tck;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Ports of this machine, for programs that a test starts. */
public final class LocalPort {

    private static final long START = Duration.ofSeconds(20).toNanos();

    private LocalPort() {}

    /** One that nobody listens on just now. */
    public static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Waits until somebody listens on it; false if the program ends first, or takes too long. */
    public static boolean opens(int port, Process program) {
        long end = System.nanoTime() + START;
        while (System.nanoTime() < end && program.isAlive()) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException notYet) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        }
        return false;
    }
}
