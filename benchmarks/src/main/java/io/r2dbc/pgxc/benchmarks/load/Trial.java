// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.load;

import io.r2dbc.pgxc.benchmarks.peers.Address;
import io.r2dbc.pgxc.benchmarks.peers.Client;
import io.r2dbc.pgxc.benchmarks.peers.Peer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * One driver does one work, in a process that does nothing else.
 *
 * @param peer the driver
 * @param work the work
 * @param address the server
 * @param postmaster the number of the server's first process, or 0 where it is not known
 * @param expectations what the scans must add up to
 * @param warmUp how long it runs before anything counts
 * @param period how long it is measured
 */
public record Trial(
        Peer peer,
        Work work,
        Address address,
        long postmaster,
        Expectations expectations,
        Duration warmUp,
        Duration period) {

    /** What stands before the figures in the output of the process. */
    public static final String MARK = "figures ";

    private static final Duration SLICE = Duration.ofMillis(250);

    /** The arguments for {@link #main}. */
    public List<String> arguments() {
        List<Object> arguments = List.of(
                peer,
                work,
                address.host(),
                address.port(),
                address.database(),
                address.user(),
                address.password(),
                postmaster,
                expectations.sixColumns(),
                expectations.oneText(),
                warmUp,
                period);
        return arguments.stream().map(String::valueOf).toList();
    }

    private static Trial of(Iterator<String> arguments) {
        return new Trial(
                Peer.valueOf(arguments.next()),
                Work.valueOf(arguments.next()),
                new Address(
                        arguments.next(),
                        Integer.parseInt(arguments.next()),
                        arguments.next(),
                        arguments.next(),
                        arguments.next()),
                Long.parseLong(arguments.next()),
                new Expectations(Long.parseLong(arguments.next()), Long.parseLong(arguments.next())),
                Duration.parse(arguments.next()),
                Duration.parse(arguments.next()));
    }

    /** Runs the trial that the arguments tell of, prints the figures, and ends the process. */
    public static void main(String[] arguments) {
        try {
            System.out.println(MARK + written(of(List.of(arguments).iterator()).run()));
            System.exit(0);
        } catch (OutOfMemoryError e) {
            // left to the JVM, which has been told to exit
            throw e;
        } catch (Throwable e) {
            e.printStackTrace();
            System.exit(1);
        }
    }

    /** Runs it in this process. */
    public Figures run() throws Exception {
        try (Client client = peer.client(address)) {
            client.open(work.connections());
            Meter meter = new Meter(postmaster);
            if (work == Work.W10) {
                SlowConsumer consumer = new SlowConsumer(client);
                consumer.run(warmUp, meter);
                return consumer.run(period, meter);
            }
            Load load = new Load(work, client, expectations);
            warmUp(load, meter);
            return load.run(period, meter);
        }
    }

    /**
     * Warms up in many short periods. What only their ends and beginnings do would else be met for the first time when the measured one
     * begins: code that was compiled without it, and that is nearly all, would be compiled anew while it is measured.
     */
    private void warmUp(Load load, Meter meter) throws InterruptedException {
        long end = System.nanoTime() + warmUp.toNanos();
        do {
            load.run(SLICE.compareTo(warmUp) < 0 ? SLICE : warmUp, meter);
        } while (end - System.nanoTime() > 0);
    }

    private static String written(Figures figures) {
        List<String> numbers = new ArrayList<>();
        for (double number : figures.numbers()) {
            numbers.add(Double.toString(number));
        }
        return String.join(" ", numbers);
    }

    /** The figures in a line that {@link #main} has printed. */
    public static Figures figures(String line) {
        String[] words = line.substring(MARK.length()).split(" ", -1);
        double[] numbers = new double[words.length];
        for (int i = 0; i < words.length; i++) {
            numbers[i] = Double.parseDouble(words[i]);
        }
        return Figures.of(numbers);
    }
}
