package com.playtcha.jakarta.http;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.gate.Answer;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * One call under way: the place where the thread that waits for the answer and the worker that fetches it meet. The
 * waiting thread leaves at the deadline and closes the worker's socket behind it; a worker that is stuck where no socket
 * can be closed (in a name look-up) is left to itself.
 */
final class Exchange {
    private static final String ATTRIBUTE = Exchange.class.getName();

    private final Deadline deadline;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private volatile boolean aborted;
    private volatile boolean sent;
    private volatile @Nullable SocketChannel channel;
    private volatile @Nullable LeaseRequest lease;
    private volatile Answer.@Nullable Reply head;

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

    /** The lease to give up when the waiting thread leaves. */
    void attach(LeaseRequest request) {
        lease = request;
        if (aborted) {
            request.cancel();
        }
    }

    /** The channel to close when the waiting thread leaves. */
    void attach(SocketChannel open) throws IOException {
        channel = open;
        throwIfAborted();
    }

    /** The connection goes back to the pool, so a late abort must not touch it. */
    synchronized void detach() throws IOException {
        throwIfAborted();
        channel = null;
        lease = null;
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
    void headReceived(Answer.Reply reply) {
        head = reply;
    }

    Answer.@Nullable Reply head() {
        return head;
    }

    void complete(Answer result) {
        answer.complete(result);
    }

    void completeExceptionally(Throwable bug) {
        answer.completeExceptionally(bug);
    }

    /** Waits until the deadline at most. Throws what the worker threw only when that is a bug of our own. */
    Answer await() {
        try {
            return answer.get(Math.max(0, deadline.nanosLeft()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            abort();
            return Incomplete.answer(head, new Answer.Failure(Reason.TIMEOUT, "no whole answer in time", sent));
        } catch (InterruptedException e) {
            abort();
            Thread.currentThread().interrupt();
            return new Answer.Failure(Reason.INTERRUPTED, "interrupted while waiting", sent);
        } catch (CancellationException e) {
            return new Answer.Failure(Reason.INTERRUPTED, "closed", sent);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("a call to Playtcha failed for a reason of our own", e.getCause());
        }
    }

    /** Gives the call up: closes its socket, so that its worker ends wherever it waits on the network. */
    void abort() {
        synchronized (this) {
            aborted = true;
            LeaseRequest pending = lease;
            if (pending != null) {
                pending.cancel();
            }
            SocketChannel open = channel;
            if (open != null) {
                Incomplete.closeQuietly(open);
            }
        }
    }

    /** Gives the call up because the verifier is closed; whoever waits hears of it at once. */
    void cancel() {
        // Before its socket is closed: what the worker would make of that is an outage, which lets visitors through.
        answer.cancel(false);
        abort();
    }
}
