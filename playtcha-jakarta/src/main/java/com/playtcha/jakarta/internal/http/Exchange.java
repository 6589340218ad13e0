package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.gate.UpstreamResponse;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * One call under way: the place where the worker that fetches the answer meets who waits for it: a thread, or nobody but
 * the timer. At the deadline either ends the call and closes the worker's socket behind it; a worker that is stuck where
 * no socket can be closed (in a name look-up) is left to itself.
 */
final class Exchange {
    private static final String ATTRIBUTE = Exchange.class.getName();

    private final Deadline deadline;
    private final CompletableFuture<UpstreamResponse> answer = new CompletableFuture<>();
    /** Not a monitor: who gives a call up may be a virtual thread, which must not hold its carrier. */
    private final Lock giving = new ReentrantLock();

    private volatile boolean aborted;
    private volatile boolean sent;
    private volatile @Nullable SocketChannel channel;
    private volatile @Nullable LeaseRequest lease;
    private volatile UpstreamResponse.@Nullable HttpReply head;

    Exchange(Deadline deadline) {
        this.deadline = deadline;
    }

    static Exchange of(HttpContext context) {
        return (Exchange) context.getAttribute(ATTRIBUTE);
    }

    void putInto(HttpContext context) {
        context.setAttribute(ATTRIBUTE, this);
    }

    Deadline deadline() {
        return deadline;
    }

    boolean isAborted() {
        return aborted;
    }

    /** The lease to give up when the call is given up. */
    void attach(LeaseRequest request) {
        lease = request;
        if (aborted) {
            request.cancel();
        }
    }

    /** The channel to close when the call is given up. */
    void attach(SocketChannel open) throws IOException {
        channel = open;
        throwIfAborted();
    }

    /** The connection goes back to the pool, so a late abort must not touch it. */
    void detach() throws IOException {
        giving.lock();
        try {
            throwIfAborted();
            channel = null;
            lease = null;
        } finally {
            giving.unlock();
        }
    }

    void throwIfAborted() throws IOException {
        if (aborted) {
            throw new IOException("given up at the deadline");
        }
    }

    /** The request is about to be written. */
    void sending() {
        sent = true;
    }

    boolean isSent() {
        return sent;
    }

    /** What is known by now: first the status, then the headers; all there is, should the rest never come. */
    void headReceived(UpstreamResponse.HttpReply reply) {
        head = reply;
    }

    UpstreamResponse.@Nullable HttpReply head() {
        return head;
    }

    /** The call is over; the first who says so is right. */
    void complete(UpstreamResponse result) {
        answer.complete(result);
    }

    void completeExceptionally(Throwable bug) {
        answer.completeExceptionally(bug);
    }

    /** Calls back once, when the call is over, on the thread that ends it: a worker, the timer, or who closes. */
    void whenOver(BiConsumer<@Nullable UpstreamResponse, @Nullable Throwable> then) {
        answer.whenComplete((result, bug) -> then.accept(result, bug == null ? null : ourOwn(bug)));
    }

    /** Waits until the deadline at most. Throws what the worker threw only when that is a bug of our own. */
    UpstreamResponse await() {
        try {
            return answer.get(Math.max(0, deadline.nanosLeft()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            timeOut();
        } catch (InterruptedException e) {
            end(new UpstreamResponse.CallFailure(Reason.INTERRUPTED, "interrupted while waiting", sent));
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            // Told below.
        }
        try {
            return answer.join();
        } catch (CompletionException e) {
            Throwable bug = ourOwn(e.getCause());
            if (bug instanceof Error error) {
                throw error;
            }
            throw (IllegalStateException) bug;
        }
    }

    private static Throwable ourOwn(@Nullable Throwable bug) {
        return bug instanceof Error ? bug : new IllegalStateException("a call failed for a reason of our own", bug);
    }

    /** The deadline has passed. */
    void timeOut() {
        end(Incomplete.answer(head, new UpstreamResponse.CallFailure(Reason.TIMEOUT, "no whole answer in time", sent)));
    }

    /** The verifier is closed; whoever waits hears of it at once. */
    void cancel() {
        end(new UpstreamResponse.CallFailure(Reason.INTERRUPTED, "closed", sent));
    }

    private void end(UpstreamResponse result) {
        // Before the socket is closed: what the worker would make of that is an outage, which lets visitors through.
        answer.complete(result);
        abort();
    }

    /** Gives the call up: closes its socket, so that its worker ends wherever it waits on the network. */
    private void abort() {
        giving.lock();
        try {
            aborted = true;
            LeaseRequest pending = lease;
            if (pending != null) {
                pending.cancel();
            }
            SocketChannel open = channel;
            if (open != null) {
                Incomplete.closeQuietly(open);
            }
        } finally {
            giving.unlock();
        }
    }
}
