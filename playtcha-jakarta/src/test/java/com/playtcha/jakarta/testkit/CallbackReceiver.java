package com.playtcha.jakarta.testkit;

import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** Who is called back: remembers what came, and answers 200 or as scripted. */
final class CallbackReceiver implements AutoCloseable {
    private final ReplyWriter player = new ReplyWriter(Clock.systemUTC());
    private final List<RawRequest> received = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedQueue<Reply> replies = new ConcurrentLinkedQueue<>();
    private final LoopbackServer server = new LoopbackServer(
            "standin-receiver",
            null,
            connection -> new ConnectionHandler(this.server(), connection, this::answer).run());

    CallbackReceiver() {
        server.start(0);
    }

    private LoopbackServer server() {
        return server;
    }

    private boolean answer(RawRequest request, ClientConnection connection)
            throws java.io.IOException, InterruptedException {
        received.add(request);
        Reply reply = replies.poll();
        return player.write(reply == null ? Reply.status(200) : reply, request, connection, () -> {});
    }

    CallbackReceiver script(Reply... next) {
        replies.addAll(List.of(next));
        return this;
    }

    List<RawRequest> received() {
        return received;
    }

    RawRequest last() {
        return received.get(received.size() - 1);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.port() + "/callback");
    }

    void refuse() {
        server.refuse();
    }

    @Override
    public void close() {
        server.close();
    }
}
