// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.net;

import io.r2dbc.pgxc.exchange.Exchange;
import io.r2dbc.pgxc.exchange.Part;
import io.r2dbc.pgxc.exchange.Ride;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who speaks next, and who is answered next (X2).
 *
 * <p>Exchanges are written in the order of their submission, without waiting for the answers of earlier ones, until a fence or the
 * pipeline limit; answers come in the order of writing. A waiting exchange that is cancelled stays in line as an empty place and is
 * stepped over. Event loop only.
 */
final class ExchangeQueue {

    private final int pipelineLimit;
    private final ArrayDeque<Exchange> waiting = new ArrayDeque<>();
    private final ArrayDeque<Part> written = new ArrayDeque<>();
    private final ArrayDeque<Part> fences = new ArrayDeque<>();
    private @Nullable Exchange beingWritten;
    private int waitingAlive;

    ExchangeQueue(int pipelineLimit) {
        this.pipelineLimit = pipelineLimit;
    }

    void add(Exchange exchange) {
        waiting.addLast(exchange);
        enters(exchange);
    }

    /** Puts an exchange ahead of everything that waits. */
    void addFirst(Exchange exchange) {
        waiting.addFirst(exchange);
        enters(exchange);
    }

    private void enters(Exchange exchange) {
        if (!exchange.isWaiting()) {
            exchange.waiting(true);
            waitingAlive++;
        }
    }

    private void leaves(Exchange exchange) {
        if (exchange.isWaiting()) {
            exchange.waiting(false);
            waitingAlive--;
        }
    }

    /** The head is to be written once more, ahead of everything that waits. */
    void repeat(Exchange exchange) {
        written.pollFirst();
        fences.remove(exchange);
        exchange.written(false);
        addFirst(exchange);
    }

    /** The exchange whose turn to be written it is, or null if nobody's, or if it is not ready. */
    @Nullable
    Exchange nextToWrite() {
        if (beingWritten != null) {
            return beingWritten;
        }
        if (isFenced() || written.size() >= pipelineLimit) {
            return null;
        }
        Exchange next = waiting.peekFirst();
        while (next != null && next.isCancelled()) {
            waiting.pollFirst();
            leaves(next);
            next = waiting.peekFirst();
        }
        return next == null || next.isReady() ? next : null;
    }

    private boolean isFenced() {
        Part fence = fences.peekFirst();
        while (fence != null && !fence.holdsBack()) {
            fences.pollFirst();
            fence = fences.peekFirst();
        }
        return fence != null;
    }

    void addRide(Ride ride) {
        written.addLast(ride);
        fenceIfHolding(ride);
    }

    /** The exchange is out of line without having been written. */
    void taken(Exchange exchange) {
        if (exchange.isWaiting()) {
            waiting.removeFirstOccurrence(exchange); // the first, unless it has put another one ahead of itself
            leaves(exchange);
        }
        if (beingWritten == exchange) {
            beingWritten = null;
        }
    }

    /** Some or all of the exchange has been written. */
    void written(Exchange exchange, boolean completely) {
        if (!exchange.isWritten()) {
            taken(exchange);
            exchange.written(true);
            written.addLast(exchange);
        }
        beingWritten = completely ? null : exchange;
        if (completely) {
            fenceIfHolding(exchange);
        }
    }

    private void fenceIfHolding(Part part) {
        if (part.holdsBack()) {
            fences.addLast(part);
        }
    }

    /** Cancels an exchange wherever it stands; what is written becomes a fence until its answer has come. */
    void cancel(Exchange exchange) {
        if (exchange.isCancelled()) {
            return;
        }
        exchange.cancel();
        gaveUp(exchange);
    }

    /** An exchange that was given up, and so cancelled, is stepped over or fences like one that was cancelled. */
    void gaveUp(Exchange exchange) {
        if (!exchange.isCancelled()) {
            return;
        }
        leaves(exchange);
        if (exchange.isWritten() && !exchange.isAnswered()) {
            fences.addFirst(exchange);
        }
    }

    @Nullable
    Part head() {
        return written.peekFirst();
    }

    /** The exchange that is answered now or whose rides are. */
    @Nullable
    Exchange headExchange() {
        for (Part part : written) {
            if (part instanceof Exchange exchange) {
                return exchange;
            }
        }
        return null;
    }

    void pop() {
        written.pollFirst();
    }

    /** Whether nothing has been written behind this exchange. */
    boolean isLastWritten(Exchange exchange) {
        return written.peekLast() == exchange && (beingWritten == null || beingWritten == exchange);
    }

    boolean isBeingWritten(Exchange exchange) {
        return beingWritten == exchange;
    }

    boolean someoneWaitsBehindHead() {
        Exchange head = headExchange();
        return head == null ? waitingAlive > 0 : firstBehind(head) != null;
    }

    /** Who is held up by the head: the next one written, or else the next one waiting, other than what the head itself has asked for. */
    @Nullable
    Exchange firstBehind(Exchange head) {
        for (Part part : written) {
            if (part != head && part instanceof Exchange exchange && !exchange.continues(head)) {
                return exchange;
            }
        }
        for (Exchange exchange : waiting) {
            if (!exchange.isCancelled() && !exchange.continues(head)) {
                return exchange;
            }
        }
        return null;
    }

    /** The next one in line that is still wanted. */
    @Nullable
    Exchange firstWaiting() {
        for (Exchange exchange : waiting) {
            if (!exchange.isCancelled()) {
                return exchange;
            }
        }
        return null;
    }

    /** All exchanges that are not answered, the head first. */
    List<Exchange> everything() {
        List<Exchange> all = new ArrayList<>();
        for (Part part : written) {
            if (part instanceof Exchange exchange) {
                all.add(exchange);
            }
        }
        all.addAll(waiting);
        return all;
    }

    /** Whether a COMMIT or ROLLBACK has been written and not answered. */
    boolean endsTransaction() {
        for (Part part : written) {
            if (part instanceof Exchange exchange && exchange.endsTransaction()) {
                return true;
            }
        }
        return false;
    }

    boolean isIdle() {
        return written.isEmpty() && waitingAlive == 0;
    }

    /** How many exchanges and rides have been written and are not answered. */
    int answersDue() {
        return written.size();
    }

    /** Whether the server has something to answer, and does not wait for more of the head first. */
    boolean awaitsAnswer() {
        Part head = written.peekFirst();
        return head != null
                && !(head instanceof Exchange exchange && (exchange.isSpeaking() || exchange.mayBeSilent()));
    }

    /** Empties the queue; every exchange in it hears of the failure once it is empty. */
    List<Exchange> clear() {
        List<Exchange> all = everything();
        written.clear();
        waiting.clear();
        fences.clear();
        beingWritten = null;
        waitingAlive = 0;
        return all;
    }

    /** Takes those out of line that have not been written, and returns who of them is still wanted. */
    List<Exchange> takeWaiting() {
        List<Exchange> wanted =
                waiting.stream().filter(exchange -> !exchange.isCancelled()).toList();
        waiting.forEach(this::leaves);
        waiting.clear();
        return wanted;
    }
}
