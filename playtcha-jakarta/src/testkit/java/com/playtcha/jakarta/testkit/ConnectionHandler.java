package com.playtcha.jakarta.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/**
 * Reads and answers concurrently on one connection, so that a disconnect is detected while an answer is being
 * delayed, held or dripped. Requests are answered in order.
 */
final class ConnectionHandler {
    private static final int MAX_PIPELINED = 64;
    private static final Duration LINGER = Duration.ofSeconds(1);
    private static final RawRequest END = RawRequest.unreadable(0, "end");

    /** Answers requests. */
    interface Responder {
        /** Writes the whole answer; returns false to close the connection. */
        boolean answer(RawRequest request, ClientConnection connection) throws IOException, InterruptedException;
    }

    private final LoopbackServer server;
    private final ClientConnection connection;
    private final Responder responder;
    private final BlockingQueue<RawRequest> requests = new LinkedBlockingQueue<>();
    private final Semaphore places = new Semaphore(MAX_PIPELINED);

    ConnectionHandler(LoopbackServer server, ClientConnection connection, Responder responder) {
        this.server = server;
        this.connection = connection;
        this.responder = responder;
    }

    /** Serves requests until one side closes. */
    void run() throws IOException, InterruptedException {
        server.spawn("reader-" + connection.number(), this::read);
        RawRequest request = requests.take();
        while (!isEnd(request)) {
            places.release();
            boolean goOn;
            try {
                goOn = responder.answer(request, connection);
            } finally {
                request.tunnel().complete(null);
            }
            if (request.problem() != null) {
                // Closing over unread bytes would reset the connection, and the answer could be lost.
                connection.endOutput();
                connection.stay(LINGER);
                return;
            }
            if (!goOn) {
                return;
            }
            request = requests.take();
        }
    }

    @SuppressWarnings("ReferenceEquality") // a marker, not a value
    private static boolean isEnd(RawRequest request) {
        return request == END;
    }

    private void read() {
        try {
            RequestReader reader = new RequestReader(connection.input(), connection.output());
            boolean goOn = true;
            while (goOn) {
                goOn = readOne(reader);
            }
        } catch (IOException | ExecutionException | CancellationException e) {
            // The client disconnected, or the connection was closed here.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connection.markGone();
            requests.add(END);
        }
    }

    private boolean readOne(RequestReader reader) throws IOException, InterruptedException, ExecutionException {
        RawRequest request = reader.next();
        if (request == null) {
            return false;
        }
        places.acquire();
        requests.add(request);
        if (request.problem() != null) {
            reader.drain();
            return false;
        }
        if (request.method().equals("CONNECT")) {
            // Further bytes belong to the tunnel, if any; a disconnect is detected all the same.
            if (!reader.hasMore()) {
                return false;
            }
            OutputStream tunnel = request.tunnel().get();
            if (tunnel != null) {
                try (tunnel) {
                    reader.transferTo(tunnel);
                }
                return false;
            }
        }
        return true;
    }
}
