package com.playtcha.jakarta.it.telemetry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/** Receives what an exporter sends by OTLP over HTTP, in Protocol Buffers. */
final class OtlpReceiver implements AutoCloseable {
    static final int SERVER = 2;
    static final int CLIENT = 3;

    private final HttpServer server;
    private final Set<String> metrics = ConcurrentHashMap.newKeySet();
    private final List<ReceivedSpan> spans = new CopyOnWriteArrayList<>();

    /** A span; ids are hexadecimal, and the kind is OTLP's number. */
    record ReceivedSpan(String trace, String id, String parent, String name, int kind) {}

    OtlpReceiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/metrics", exchange -> receive(exchange, this::addMetrics));
        server.createContext("/v1/traces", exchange -> receive(exchange, this::addSpans));
        server.start();
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    Set<String> metrics() {
        return metrics;
    }

    List<ReceivedSpan> spans() {
        return spans;
    }

    private static void receive(HttpExchange exchange, Consumer<ProtoMessage> target) throws IOException {
        try (exchange) {
            boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            InputStream body = zipped ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody();
            target.accept(new ProtoMessage(body.readAllBytes()));
            exchange.sendResponseHeaders(200, -1);
        }
    }

    /** A request has resources, which have scopes, which have metrics. */
    private void addMetrics(ProtoMessage request) {
        request.messages(1, 2, 2).forEach(metric -> metrics.add(metric.text(1)));
    }

    private void addSpans(ProtoMessage request) {
        request.messages(1, 2, 2)
                .forEach(span -> spans.add(new ReceivedSpan(
                        HexFormat.of().formatHex(span.bytes(1)),
                        HexFormat.of().formatHex(span.bytes(2)),
                        HexFormat.of().formatHex(span.bytes(4)),
                        span.text(5),
                        span.number(6))));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
