package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.gate.UpstreamResponse;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Calls to one target: each runs on a worker thread with a blocking, pooled connection, and is over at its deadline
 * whatever the worker is stuck in. Bounded: what was given up and cannot be interrupted counts too. Thread-safe.
 */
final class Calls {
    private final Target target;
    private final Duration timeout;
    private final Connections connections;
    private final Workers workers;
    private final Semaphore atWork;
    private final Semaphore settling;
    private final Set<Exchange> underWay = ConcurrentHashMap.newKeySet();
    private volatile int capacity;
    private volatile boolean closed;

    /**
     * Opens nothing yet.
     *
     * @param kind part of the threads' names
     * @param timeout the deadline of one call
     * @param connectTimeout at most {@code timeout}
     * @param capacity calls at once that are waited for
     */
    Calls(String kind, Target target, Duration timeout, Duration connectTimeout, int capacity, DnsResolver names) {
        this.target = target;
        this.timeout = timeout;
        this.capacity = capacity;
        this.connections = new Connections(target, new Connector(connectTimeout, names), mostConnections());
        this.workers = new Workers(kind, connections::closeIdle);
        this.atWork = new Semaphore(2 * capacity);
        this.settling = new Semaphore(capacity);
    }

    /** Calls that are waited for, calls that were given up, and connections that settle after their answer. */
    private int mostConnections() {
        return Math.multiplyExact(capacity, 3);
    }

    /** Makes room for as many calls more at once. */
    synchronized void grow(int more) {
        capacity += more;
        connections.setMax(mostConnections());
        atWork.release(2 * more);
        settling.release(more);
    }

    /** Loads what is loaded once, so that it does not cost the first caller of their deadline. */
    void warmUp() {
        connections.warmUp();
    }

    /** A call that is about to be started; its time runs from now. */
    Exchange open() {
        return new Exchange(Deadline.in(timeout));
    }

    /** Asks and waits. Throws for a bug of our own only. */
    UpstreamResponse ask(Supplier<Question> question) {
        Exchange exchange = open();
        start(exchange, question);
        return asFarAsOpen(exchange.await());
    }

    /**
     * Puts a worker on it. Ends the exchange itself where none can be had, and throws for want of memory only.
     *
     * @param question asked for on the worker
     */
    void start(Exchange exchange, Supplier<Question> question) {
        if (!atWork.tryAcquire()) {
            exchange.complete(exhausted());
            return;
        }
        underWay.add(exchange);
        boolean running = false;
        try {
            running = workers.tryRun(() -> run(exchange, question));
        } finally {
            // No thread, or not even the memory for one.
            if (!running) {
                underWay.remove(exchange);
                atWork.release();
            }
        }
        if (!running || closed) {
            exchange.cancel();
        }
    }

    /** A pool that was closed under a call looks like an outage to it, and an outage lets visitors through. */
    UpstreamResponse asFarAsOpen(UpstreamResponse answer) {
        return closed && answer instanceof UpstreamResponse.CallFailure failure
                ? new UpstreamResponse.CallFailure(Reason.INTERRUPTED, "closed", failure.sent())
                : answer;
    }

    private UpstreamResponse exhausted() {
        return new UpstreamResponse.CallFailure(
                Reason.EXHAUSTED,
                "more than " + capacity + " earlier calls are stuck and cannot be interrupted",
                false);
    }

    private void run(Exchange exchange, Supplier<Question> question) {
        Call call = null;
        boolean finished = false;
        try {
            call = new Call(exchange, target, connections, question.get());
            UpstreamResponse answer = call.ask();
            finished = true;
            finish(exchange, call, answer);
        } catch (Throwable e) {
            if (!finished) {
                atWork.release();
            }
            // A bug of our own must reach the caller as an error, not as an outage of the service's.
            exchange.completeExceptionally(e);
            if (call != null) {
                call.discard();
            }
        } finally {
            underWay.remove(exchange);
        }
    }

    /**
     * Tells the waiting thread; what else is to be done with the connection keeps nobody waiting. Gives the place back
     * before that: the caller's own place is free as soon as they are told, and the next one must find both.
     */
    private void finish(Exchange exchange, Call call, UpstreamResponse answer) {
        boolean settle = settling.tryAcquire();
        atWork.release();
        exchange.complete(answer);
        try {
            call.giveBack(settle, capacity);
        } finally {
            if (settle) {
                settling.release();
            }
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Gives up every call and takes no more, without waiting for anything. */
    void stop() {
        closed = true;
        underWay.forEach(Exchange::cancel);
    }

    /** Gives up every call and closes every connection. */
    void disconnect() {
        stop();
        connections.close();
    }

    /** The same, and ends every thread before it returns, or leaves it behind with a WARN when patience ends. */
    void close(Deadline patience) {
        disconnect();
        workers.close(patience);
    }
}
