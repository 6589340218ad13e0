package com.playtcha.jakarta.it.bench.soak;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.it.bench.soak.Judge.Response;
import com.playtcha.jakarta.it.bench.soak.Tokens.Kind;
import com.playtcha.jakarta.it.bench.soak.Tokens.Token;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Visitors who arrive at a fixed rate, at random distances, whether the earlier ones were answered or not; each does one of
 * the things that the application is for.
 */
final class Visitors {
    private static final Pattern PAGE = Pattern.compile("outcome=(\\S*) reason=(\\S*) deferral=(\\S*) task=(\\S*)");
    private static final Pattern CODE = Pattern.compile("\"code\" *: *\"([^\"]*)\"");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String BOUNDARY = "----soak";

    private final URI server;
    private final Tokens tokens;
    private final Judge judge;
    private final LateWork late;
    private final Random random;
    private final HttpClient client;
    private final AtomicLong inFlight = new AtomicLong();
    private final AtomicLong ids = new AtomicLong();
    private final Times guarded = new Times();
    private final Times other = new Times();

    /** How the token is sent. */
    private enum Form {
        PARAMETER("/form"),
        POINTER("/json"),
        MULTIPART("/multipart"),
        HEADER("/header");

        final String path;

        Form(String path) {
            this.path = path;
        }
    }

    Visitors(URI server, Tokens tokens, Judge judge, LateWork late, long seed, ScheduledExecutorService executor) {
        this.server = server;
        this.tokens = tokens;
        this.judge = judge;
        this.late = late;
        this.random = new Random(seed);
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .executor(executor)
                .build();
    }

    /** Has them arrive until a time. */
    void arrive(double perSecond, long end) {
        long due = System.nanoTime();
        while (due < end) {
            due += (long) (-Math.log(1 - random.nextDouble()) / perSecond * 1e9);
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            visit();
        }
    }

    long inFlight() {
        return inFlight.get();
    }

    Times guarded() {
        return guarded;
    }

    Times other() {
        return other;
    }

    private void visit() {
        int choice = random.nextInt(100);
        CompletableFuture<?> visit = choice < 55
                ? sendForm(Form.values()[random.nextInt(Form.values().length)])
                : choice < 60
                        ? sendTwice()
                        : choice < 65
                                ? logIn()
                                : choice < 72 ? stayInSession() : choice < 84 ? orderTask() : lookAtOtherPage();
        visit.whenComplete((done, failure) -> {
            if (failure != null) {
                judge.wrong("no response: " + failure);
            }
        });
    }

    private CompletableFuture<?> sendForm(Form form) {
        if (random.nextInt(12) == 0) {
            return send(form, null).thenAccept(response -> judge.judgeWithout(null, response));
        }
        Ticket ticket = ticket();
        return send(form, ticket.text).thenAccept(response -> settle(ticket, false, response));
    }

    /** A visitor who submits twice: with the first response, or at the same time. */
    private CompletableFuture<?> sendTwice() {
        Ticket ticket = ticket();
        boolean atOnce = random.nextBoolean();
        CompletableFuture<Response> first = send(Form.PARAMETER, ticket.text);
        CompletableFuture<Response> second = atOnce
                ? send(Form.PARAMETER, ticket.text)
                : first.thenCompose(response -> send(Form.PARAMETER, ticket.text));
        return first.thenCombine(second, (one, two) -> {
            settle(ticket, true, one);
            settle(ticket, true, two);
            return null;
        });
    }

    /** Three wrong passwords are free; from then on the address needs a token. */
    private CompletableFuture<?> logIn() {
        int number = random.nextInt(1 << 24);
        String address = "10." + (number >> 16) + "." + (number >> 8 & 255) + "." + (number & 255);
        Ticket ticket = ticket();
        CompletableFuture<?> tries = CompletableFuture.completedFuture(null);
        for (int i = 0; i < SoakServer.FREE_FAILURES; i++) {
            tries = tries.thenCompose(done -> sendLogIn(address, null))
                    .thenAccept(response -> judge.judgeWithout(Reason.AFTER_FAILURES, response));
        }
        return tries.thenCompose(done -> sendLogIn(address, null))
                .thenAccept(response -> judge.judgeWithout(null, response))
                .thenCompose(done -> sendLogIn(address, ticket.text))
                .thenAccept(response -> settle(ticket, false, response));
    }

    private CompletableFuture<Response> sendLogIn(String address, @Nullable String token) {
        return exchange(form("/login", token).header("X-Forwarded-For", address), "/login");
    }

    /** After a verified form, the session has passes for two more; without one it has none. */
    private CompletableFuture<?> stayInSession() {
        Ticket ticket = ticket();
        return raw(request("/session").GET()).thenCompose(page -> {
            String cookie = page.headers().firstValue("Set-Cookie").orElse("").replaceFirst(";.*", "");
            return sendInSession(cookie, ticket.text).thenCompose(first -> {
                settle(ticket, false, first);
                CompletableFuture<?> more = CompletableFuture.completedFuture(null);
                for (int i = 0; i <= SoakServer.SESSION_PASSES; i++) {
                    Reason expected = first.isVerified() && i < SoakServer.SESSION_PASSES ? Reason.SESSION_PASS : null;
                    more = more.thenCompose(done -> sendInSession(cookie, null))
                            .thenAccept(response -> judge.judgeWithout(expected, response));
                }
                return more;
            });
        });
    }

    private CompletableFuture<Response> sendInSession(String cookie, @Nullable String token) {
        return exchange(form("/session", token).header("Cookie", cookie), "/session");
    }

    /** The page tracks a task, whose result comes later; some results are of tasks that nobody tracked. */
    private CompletableFuture<?> orderTask() {
        if (random.nextInt(10) == 0) {
            late.expect("untracked-" + ids.incrementAndGet(), this::callBack);
            return CompletableFuture.completedFuture(null);
        }
        Ticket ticket = ticket();
        return sendTo("/task", form("/task", ticket.text)).thenAccept(answer -> {
            settle(ticket, false, answer.response);
            if (!answer.task.isEmpty()) {
                late.expect(answer.task, this::callBack);
            }
        });
    }

    private CompletableFuture<Integer> callBack(String id, String code) {
        HttpRequest.Builder request = request(SoakServer.CALLBACK_PATH)
                .header("X-Callback-Key", SoakServer.CALLBACK_KEY)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("id=" + id + "&code=" + code));
        return raw(request).thenApply(HttpResponse::statusCode);
    }

    private CompletableFuture<?> lookAtOtherPage() {
        long begin = System.nanoTime();
        return raw(request("/other").GET()).thenAccept(response -> {
            other.add(System.nanoTime() - begin);
            if (response.statusCode() != 200) {
                judge.wrong("the other page answered " + response.statusCode());
            }
        });
    }

    private record Ticket(String text, Token token) {}

    private Ticket ticket() {
        Kind[] kinds = Kind.values();
        Kind kind = random.nextInt(10) < 7 ? Kind.GOOD : kinds[random.nextInt(kinds.length)];
        String text = kind.name().toLowerCase(Locale.ROOT) + "-" + ids.incrementAndGet() + "-"
                + Long.toHexString(random.nextLong());
        return new Ticket(text, tokens.issue(text, kind));
    }

    private void settle(Ticket ticket, boolean repeated, Response response) {
        judge.judge(ticket.token, repeated, response);
        String deferral = response.deferralId();
        if (deferral != null) {
            ticket.token.defer();
            late.defer(deferral, ticket.token);
        } else if (response.isFromPage() && response.outcome().equals("UNAVAILABLE")) {
            late.countUntracked();
        }
        ticket.token.judged();
    }

    private CompletableFuture<Response> send(Form form, @Nullable String token) {
        HttpRequest.Builder request = switch (form) {
            case PARAMETER -> form(form.path, token);
            case HEADER ->
                (token == null ? request(form.path) : request(form.path).header("X-Playtcha-Token", token))
                        .header("Content-Type", "text/plain")
                        .PUT(BodyPublishers.ofString("some text"));
            case POINTER ->
                request(form.path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(
                                token == null
                                        ? "{\"name\":\"Ada\"}"
                                        : "{\"name\":\"Ada\",\"playtchaToken\":\"" + token + "\"}"));
            case MULTIPART ->
                request(form.path)
                        .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                        .POST(BodyPublishers.ofString(multipart(token)));
        };
        return exchange(request, form.path);
    }

    private HttpRequest.Builder form(String path, @Nullable String token) {
        return request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(token == null ? "name=Ada" : "name=Ada&playtcha-response=" + token));
    }

    private static String multipart(@Nullable String token) {
        String parts = part("name", "Ada") + part("file", "x".repeat(2_000));
        return parts + (token == null ? "" : part("playtcha-response", token)) + "--" + BOUNDARY + "--\r\n";
    }

    private static String part(String name, String value) {
        return "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.resolve(path)).timeout(PATIENCE).header("Accept", "application/json");
    }

    private CompletableFuture<Response> exchange(HttpRequest.Builder request, String path) {
        return sendTo(path, request).thenApply(answer -> answer.response);
    }

    private record Answer(Response response, String task) {}

    private CompletableFuture<Answer> sendTo(String path, HttpRequest.Builder request) {
        long begin = System.nanoTime();
        return raw(request).thenApply(response -> {
            long end = System.nanoTime();
            guarded.add(end - begin);
            String body = response.body();
            Matcher page = PAGE.matcher(body);
            if (response.statusCode() == 200 && page.matches()) {
                String deferral = page.group(3);
                return new Answer(
                        new Response(
                                path,
                                200,
                                page.group(1),
                                page.group(2),
                                "",
                                deferral.isEmpty() ? null : deferral,
                                begin,
                                end),
                        page.group(4));
            }
            Matcher code = CODE.matcher(body);
            String found = code.find() ? code.group(1) : body;
            return new Answer(new Response(path, response.statusCode(), "", "", found, null, begin, end), "");
        });
    }

    private CompletableFuture<HttpResponse<String>> raw(HttpRequest.Builder request) {
        judge.inFlight(inFlight.incrementAndGet());
        return client.sendAsync(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8))
                .whenComplete((response, failure) -> inFlight.decrementAndGet());
    }

    /** Fetches a page of the server's own, in the time that a full collection may take. */
    String fetch(String path) throws Exception {
        return client.send(request(path).GET().build(), BodyHandlers.ofString(StandardCharsets.UTF_8))
                .body();
    }

    /** Durations since the last sample. Thread-safe. */
    static final class Times {
        private long[] nanos = new long[1024];
        private int count;

        synchronized void add(long duration) {
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * count);
            }
            nanos[count++] = duration;
        }

        /** Returns how many there were and the 99th percentile in milliseconds, and begins anew. */
        synchronized double[] drain() {
            Arrays.sort(nanos, 0, count);
            double p99 = count == 0 ? Double.NaN : nanos[Math.min(count - 1, count * 99 / 100)] / 1e6;
            double[] result = {count, p99};
            count = 0;
            return result;
        }
    }
}
