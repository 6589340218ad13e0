package com.playtcha.jakarta.it.bench.faults;

import static com.playtcha.jakarta.it.bench.faults.Expectation.ENDED;
import static com.playtcha.jakarta.it.bench.faults.Expectation.NEVER_UNVERIFIED;
import static com.playtcha.jakarta.it.bench.faults.Expectation.OUTAGE;
import static com.playtcha.jakarta.it.bench.faults.Expectation.OUTAGE_OR_REFUSED;
import static com.playtcha.jakarta.it.bench.faults.Expectation.THROTTLED;
import static com.playtcha.jakarta.it.bench.faults.Expectation.TURNED_AWAY;
import static com.playtcha.jakarta.it.bench.faults.Expectation.VERDICT;
import static com.playtcha.jakarta.it.bench.faults.Expectation.VERDICT_OR_OUTAGE;
import static com.playtcha.jakarta.it.bench.faults.Expectation.VERDICT_OR_TURNED_AWAY;

import com.playtcha.jakarta.it.bench.TlsKey;
import com.playtcha.jakarta.it.bench.faults.Fault.Disturbance;
import com.playtcha.jakarta.testkit.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;

/** The matrix. A row is one call of a method; a fault differs from run to run where its call draws a number. */
final class Faults {
    /** Where a stray answer could come from: the answer to another visitor's good token. */
    private static final byte[] STRAY = Answer.GOOD.withLength();

    private static final Duration BIT = Duration.ofMillis(20);
    /** What is no answer although it says 200, a boolean of its own each. */
    private static final List<String> NO_ANSWERS = List.of(
            "",
            "null",
            "true",
            "[true]",
            "[{\"success\":true}]",
            "{\"success\":\"true\"}",
            "{\"success\":1}",
            "{\"success\":null}",
            "{\"success\":[true]}",
            "{\"Success\":true}",
            "{\"ok\":true}",
            "{\"success\":false,\"success\":true}",
            "{\"success\":true,\"success\":true}",
            "{\"success\":true}}",
            "{\"success\":true}{\"success\":false}",
            "{\"success\":true,}",
            "{\"success\":true",
            "{success:true}",
            "{\"success\":true,\"more\":" + "[".repeat(40) + "]".repeat(40) + "}",
            "<html>{\"success\":true}</html>");

    private final List<Fault> rows = new ArrayList<>();
    private final SSLContext trusted;
    private final SSLContext otherName;
    private final SSLContext untrusted;
    private final boolean hasNames;

    private Faults(TlsKey trusted, TlsKey otherName) throws Exception {
        this.trusted = trusted.serverContext();
        this.otherName = otherName.serverContext();
        this.untrusted = TlsKey.of("localhost").serverContext();
        this.hasNames = Names.areScripted();
    }

    static List<Fault> all(TlsKey trusted, TlsKey otherName) throws Exception {
        Faults faults = new Faults(trusted, otherName);
        faults.connections();
        faults.cuts();
        faults.slowness();
        faults.names();
        faults.tls();
        faults.strays();
        faults.answers();
        faults.sizes();
        faults.proxies();
        faults.ownMachine();
        return faults.rows;
    }

    private void add(Fault fault) {
        rows.add(fault);
    }

    private void replies(String group, String name, Expectation expectation, Function<Call, Reply> replies) {
        add(Fault.of(group, name, expectation, requests -> Services.replying(requests, null, replies)));
    }

    private static Reply reply(byte[] bytes) {
        return Reply.raw(bytes);
    }

    private void connections() {
        String group = "Connection";
        add(Fault.of(group, "refused", OUTAGE, requests -> Services.absent()));
        add(Fault.of(group, "never accepted", OUTAGE, requests -> Services.deaf("localhost", "127.0.0.1")));
        add(Fault.of(group, "reset when accepted", OUTAGE, requests -> new RawService(RawService.Channel::reset)));
        add(Fault.of(group, "closed when accepted", OUTAGE, requests -> new RawService(channel -> {})));
        replies(group, "reset instead of an answer", OUTAGE, call -> Reply.resetConnection());
        replies(group, "closed instead of an answer", OUTAGE, call -> Reply.closeWithoutAnswer());
        replies(
                group,
                "closed unannounced behind each answer",
                VERDICT_OR_OUTAGE,
                call -> reply(call.answer().withLength()).thenClose());
        replies(
                group,
                "closed unannounced up to 5 ms later",
                VERDICT_OR_OUTAGE,
                call -> reply(call.answer().withLength()).thenCloseAfter(Duration.ofNanos(call.draw(5_000_000))));
        add(Fault.of(
                group,
                "half closed behind each answer",
                VERDICT_OR_OUTAGE,
                requests -> new RawService(channel -> {
                    String token = channel.read();
                    if (token != null) {
                        channel.write(requests.add(token).answer().withLength());
                        channel.plain().shutdownOutput();
                        channel.hang();
                    }
                })));
        add(Fault.of(
                group,
                "answers, then resets, before it has read the request",
                VERDICT_OR_OUTAGE,
                requests -> new RawService(channel -> {
                    // One byte is read, and the rest makes the close a reset.
                    channel.plain().getInputStream().read();
                    channel.write("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                })));
    }

    private void cuts() {
        String group = "Cut at each byte";
        replies(group, "reset", OUTAGE_OR_REFUSED, call -> {
            byte[] bytes = call.answer().withLength();
            return reply(bytes).resetConnection(call.turn(bytes.length));
        });
        cut(group, "answer with a length", Answer::withLength);
        cut(group, "chunked, within the last chunk and the trailers too", Answer::chunked);
        cut(group, "answer that ends with the connection", Answer::untilClose);
        replies(group, "cut refusal, with another visitor's answer glued on", VERDICT_OR_OUTAGE, call -> {
            byte[] bytes = Answer.REFUSALS.get(1).withLength();
            int head = new String(bytes, StandardCharsets.US_ASCII).indexOf("\r\n\r\n");
            byte[] cut = Arrays.copyOf(bytes, 1 + call.turn(head - 1));
            return call.isGood()
                    ? reply(call.answer().withLength())
                    : reply(concat(cut, STRAY)).thenClose();
        });
    }

    private void cut(String group, String name, Function<Answer, byte[]> framing) {
        replies(group, name, OUTAGE_OR_REFUSED, call -> {
            byte[] bytes = framing.apply(call.answer());
            return reply(Arrays.copyOf(bytes, call.turn(bytes.length))).thenClose();
        });
    }

    private void slowness() {
        String group = "Time";
        replies(group, "reads and never answers", OUTAGE, call -> Reply.hang());
        add(Fault.of(
                        group,
                        "the same, with the breaker",
                        OUTAGE,
                        requests -> Services.replying(requests, null, call -> Reply.hang()))
                .with(Map.of("breaker", "true")));
        int about = (int) Contender.TIMEOUT.toMillis() - 100;
        replies(
                group,
                "answers about when the time is over",
                VERDICT_OR_OUTAGE,
                call -> reply(call.answer().withLength()).delay(Duration.ofMillis(about + call.draw(200))));
        replies(
                group,
                "head byte by byte, for 2 s",
                VERDICT_OR_OUTAGE,
                call -> reply(call.answer().withLength()).dripHeaders(BIT));
        replies(
                group,
                "body byte by byte, for 2 s",
                VERDICT_OR_OUTAGE,
                call -> reply(call.answer()
                                .with(" ".repeat(100) + call.answer().body())
                                .withLength())
                        .dripBody(BIT));
        replies(group, "102 fifty times a second, for 2 s, then an answer", VERDICT_OR_OUTAGE, call -> {
            Reply reply = reply(call.answer().withLength());
            for (int i = 0; i < 100; i++) {
                reply = reply.interim(102, BIT);
            }
            return reply;
        });
        replies(
                group,
                "1,000 times 103 at once, then an answer",
                VERDICT_OR_OUTAGE,
                call -> reply(concat(
                        "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1_000).getBytes(StandardCharsets.US_ASCII),
                        call.answer().withLength())));
        replies(
                group,
                "101 as its last word",
                OUTAGE,
                call -> Reply.raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\n\r\n{\"success\":true}")
                        .thenClose());
    }

    private void names() {
        if (!hasNames) {
            return;
        }
        String group = "Name";
        add(Fault.of(
                group,
                "look-up takes 2 s",
                VERDICT_OR_OUTAGE,
                requests -> Services.named(
                        Names.SLOW,
                        Services.replying(
                                requests, null, call -> reply(call.answer().withLength())))));
        add(Fault.of(group, "does not exist", OUTAGE, requests -> Services.named(Names.MISSING, Services.absent())));
        add(Fault.of(
                group,
                "three addresses, none of which accepts",
                OUTAGE,
                requests -> Services.deaf(Names.DEAD, "127.0.0.2", "127.0.0.3", "127.0.0.4")));
    }

    private void tls() {
        String group = "TLS";
        add(Fault.of(group, "certificate of another name", OUTAGE, requests -> good(requests, otherName)));
        add(Fault.of(group, "certificate of nobody known", OUTAGE, requests -> good(requests, untrusted)));
        add(Fault.of(
                group,
                "handshake byte by byte",
                VERDICT_OR_OUTAGE,
                requests -> Services.dripping(good(requests, trusted), 5)));
        add(Fault.of(
                group,
                "handshake never answered",
                OUTAGE,
                requests -> new RawService("https", null, RawService.Channel::hang)));
        add(Fault.of(
                group,
                "no TLS at all",
                OUTAGE,
                requests -> new RawService("https", null, channel -> {
                    channel.plain().getInputStream().read();
                    channel.write(STRAY);
                })));
        add(Fault.of(
                group,
                "closed after the handshake",
                OUTAGE,
                requests -> new RawService("https", trusted, channel -> {})));
        add(Fault.of(
                group,
                "cut without an end of TLS",
                OUTAGE_OR_REFUSED,
                requests -> new RawService("https", trusted, channel -> {
                    String token = channel.read();
                    if (token != null) {
                        Call call = requests.add(token);
                        byte[] bytes = call.answer().untilClose();
                        channel.write(Arrays.copyOf(bytes, call.turn(bytes.length)));
                        channel.plain().close();
                    }
                })));
    }

    private static Service good(Requests requests, SSLContext tls) {
        return Services.replying(requests, tls, call -> reply(call.answer().withLength()));
    }

    private void strays() {
        String group = "Another's answer";
        replies(
                group,
                "behind each answer",
                VERDICT_OR_OUTAGE,
                call -> reply(call.answer().withLength()).thenExtraBytes(STRAY));
        replies(
                group,
                "a 408 behind each answer",
                VERDICT_OR_OUTAGE,
                call -> reply(call.answer().withLength())
                        .thenExtraBytes("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"));
        add(Fault.of(
                group,
                "up to 20 ms behind an answer, before the next request",
                VERDICT_OR_OUTAGE,
                requests -> new RawService(channel -> {
                    for (String token = channel.read(); token != null; token = channel.read()) {
                        Call call = requests.add(token);
                        channel.write(call.answer().withLength());
                        TimeUnit.NANOSECONDS.sleep(call.draw(20_000_000));
                        strayUnlessAsked(channel);
                    }
                })));
        add(Fault.of(
                        group,
                        "after the next request: HTTP/1.1 cannot tell",
                        VERDICT_OR_OUTAGE,
                        requests -> new RawService(channel -> {
                            boolean first = true;
                            for (String token = channel.read(); token != null; token = channel.read()) {
                                if (!first) {
                                    channel.write(STRAY);
                                }
                                first = false;
                                channel.write(requests.add(token).answer().withLength());
                            }
                        }))
                .notHeld());
        add(Fault.of(
                group,
                "on a new connection, before the request",
                VERDICT_OR_OUTAGE,
                requests -> new RawService(channel -> strayFirst(requests, channel))));
        add(Fault.of(
                group,
                "right behind the TLS handshake",
                VERDICT_OR_OUTAGE,
                requests -> new RawService("https", trusted, channel -> strayFirst(requests, channel))));
    }

    private static void strayFirst(Requests requests, RawService.Channel channel) throws IOException {
        strayUnlessAsked(channel);
        for (String token = channel.read(); token != null; token = channel.read()) {
            channel.write(requests.add(token).answer().withLength());
        }
    }

    /** On a busy machine the next request may be here by now, and nobody could tell the stray from its answer. */
    private static void strayUnlessAsked(RawService.Channel channel) throws IOException {
        if (channel.plain().getInputStream().available() == 0) {
            channel.write(STRAY);
        }
    }

    private void answers() {
        String group = "Answer";
        replies(
                group,
                "undisturbed",
                VERDICT,
                call -> reply(
                        call.draw(2) == 0
                                ? call.answer().withLength()
                                : call.answer().chunked()));
        replies(
                group,
                "5xx",
                OUTAGE,
                call -> Reply.error(List.of(500, 502, 503, 504, 599).get(call.draw(5)), "db_error", "No."));
        add(Fault.of(group, "3xx to a service that calls everything good", OUTAGE, Faults::redirecting));
        replies(
                group,
                "429",
                THROTTLED,
                call -> Reply.error(429, "rate_limited_ip", "Slow down.").header("Retry-After", "1"));
        replies(
                group,
                "429 by a clock that is years off",
                THROTTLED,
                call -> Reply.error(429, "rate_limited_ip", "Slow down.")
                        .header("Date", "Thu, 01 Jan 2099 00:00:00 GMT")
                        .header("Retry-After", "Thu, 01 Jan 2099 00:00:0" + call.draw(9) + " GMT"));
        replies(
                group,
                "200 whose JSON is no answer",
                OUTAGE,
                call -> reply(Answer.GOOD
                        .with(NO_ANSWERS.get(call.turn(NO_ANSWERS.size())))
                        .withLength()));
        replies(group, "refusal with one byte changed", VERDICT_OR_OUTAGE, call -> {
            byte[] bytes = call.answer().withLength();
            if (!call.isGood()) {
                bytes[call.turn(bytes.length)] ^= (byte) (1 << call.draw(7));
            }
            return reply(bytes).thenClose();
        });
        replies(
                group,
                "two lengths",
                VERDICT_OR_OUTAGE,
                call -> reply(call.answer()
                        .bytes(
                                "Content-Length: 5\r\nContent-Length: "
                                        + call.answer().body().length() + "\r\n",
                                call.answer().body())));
        replies(group, "a length, and chunked", VERDICT_OR_OUTAGE, call -> {
            String chunked = new String(call.answer().chunked(), StandardCharsets.US_ASCII);
            return reply(chunked.replace("Transfer-Encoding", "Content-Length: 4\r\nTransfer-Encoding")
                    .getBytes(StandardCharsets.US_ASCII));
        });
        replies(
                group,
                "not HTTP",
                OUTAGE,
                call -> Reply.raw(List.of(
                                        "SSH-2.0-other\r\n",
                                        "\r\n\r\n\r\n",
                                        "220 mail ready\r\n",
                                        "\u0000\u0001\u0002",
                                        "HTTP/9.9 200 OK\r\n\r\n")
                                .get(call.draw(5)))
                        .thenClose());
    }

    private static Service redirecting(Requests requests) {
        Service other = Services.replying(requests, null, call -> reply(STRAY));
        Service first = Services.replying(
                requests,
                null,
                call -> Reply.status(List.of(301, 302, 303, 307, 308).get(call.draw(5)))
                        .header("Location", other.baseUrl() + "/v1/verify"));
        return Services.at(first.baseUrl(), null, first, other);
    }

    private void sizes() {
        String group = "Size";
        add(Fault.of(
                        group,
                        "body without an end",
                        VERDICT_OR_OUTAGE,
                        requests -> Services.replying(requests, null, call -> {
                            Answer answer = call.answer();
                            Reply endless =
                                    Reply.json(answer.code(), answer.body()).endless();
                            return call.draw(2) == 0 ? endless : endless.chunked();
                        }))
                .forPlaytchaAlone());
        replies(
                group,
                "body of 1 MiB",
                VERDICT_OR_OUTAGE,
                call -> reply(call.answer()
                        .with(call.answer().body() + " ".repeat(1 << 20))
                        .withLength()));
        replies(
                group,
                "4 MiB in 4 KiB of gzip",
                VERDICT_OR_OUTAGE,
                call -> Reply.status(call.answer().code())
                        .header("Content-Type", "application/json")
                        .header("Content-Encoding", "gzip")
                        .body(packed(call.answer().body() + " ".repeat(4 << 20))));
        String many = "X-Padding: 0123456789\r\n".repeat(10_000);
        replies(
                group,
                "10,000 header lines",
                VERDICT_OR_OUTAGE,
                call -> reply(call.answer()
                        .bytes(
                                many + "Content-Length: " + call.answer().body().length() + "\r\n",
                                call.answer().body())));
        String wide = "X-Padding: " + "x".repeat(1 << 20) + "\r\n";
        replies(
                group,
                "header line of 1 MiB",
                VERDICT_OR_OUTAGE,
                call -> reply(call.answer()
                        .bytes(
                                wide + "Content-Length: " + call.answer().body().length() + "\r\n",
                                call.answer().body())));
    }

    private void proxies() {
        String group = "Proxy";
        add(Fault.of(group, "refused", OUTAGE, requests -> Services.behindProxy(requests, trusted, null)));
        for (int status : List.of(302, 403, 407, 429, 502)) {
            proxy(group, "answers CONNECT with " + status, Reply.json(status, "{\"success\":true}"));
        }
        proxy(
                group,
                "answers CONNECT with 200 and an answer",
                Reply.raw(concat("HTTP/1.1 200 Connected\r\n\r\n".getBytes(StandardCharsets.US_ASCII), STRAY)));
        proxy(group, "hangs", Reply.hang());
        proxy(group, "resets", Reply.resetConnection());
        proxy(group, "head byte by byte", Reply.status(200).dripHeaders(BIT));
    }

    private void proxy(String group, String name, Reply toConnect) {
        add(Fault.of(group, name, OUTAGE, requests -> Services.behindProxy(requests, trusted, toConnect)));
    }

    private void ownMachine() {
        String group = "This machine";
        Function<Call, Reply> slow = call -> reply(call.answer().withLength()).delay(Duration.ofMillis(30));
        add(Fault.of(
                        group,
                        "64 callers, 8 places",
                        VERDICT_OR_TURNED_AWAY,
                        requests -> Services.replying(requests, null, slow))
                .withPlaces(8));
        Fault.Opening hanging = requests -> Services.replying(requests, null, call -> Reply.hang());
        add(Fault.of(group, "interrupts the calls", TURNED_AWAY, hanging).with(Disturbance.INTERRUPT));
        add(Fault.of(group, "closes during the calls", ENDED, hanging).with(Disturbance.CLOSE));
        Fault.Opening closing = requests -> Services.replying(
                requests, null, call -> reply(call.answer().untilClose()).thenClose());
        add(Fault.of(group, "no file descriptor is left", TURNED_AWAY, closing).with(Disturbance.NO_DESCRIPTORS));
        add(Fault.of(group, "the heap is full", NEVER_UNVERIFIED, closing)
                .with(Disturbance.FULL_HEAP)
                .with(Map.of("timeout", "5s")));
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static byte[] packed(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
