package com.playtcha.jakarta.benchmark;

import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.gate.UpstreamResult;
import com.playtcha.jakarta.internal.http.HttpUpstream;
import com.playtcha.jakarta.internal.http.Target;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.TimeValue;

/**
 * Compares the library's transport with what it could have been built on, in one process and in turns, with the service
 * in another: HttpClient's pooling connection manager used directly, its blocking client, and its asynchronous client.
 * Prints medians, and the answers that are wrong or lost with a service that misbehaves. Started by {@code mvn -pl
 * playtcha-jakarta -Pbenchmark}.
 */
public final class TransportBenchmark {
    static final String BODY = "{\"secret\":\"0123456789abcdef\",\"token\":\"ok-1\"}";

    private static final int ROUNDS = 5;
    private static final int CALLS = 20_000;
    private static final int FAULTY_CALLS = 4_000;
    private static final int FAULTY_CALLERS = 16;
    private static final int CAPACITY = 64;
    private static final PrintStream OUT = System.out;

    private final URI service;

    /** One way to post a token; says whether it was verified, and throws if there was no answer. */
    interface Calls extends AutoCloseable {
        boolean call() throws Exception;
    }

    private interface Contender {
        Calls open(URI baseUrl);
    }

    private record Figures(double perSecond, double p50, double p99, double cpuMicros, double connects) {}

    private TransportBenchmark(URI service) {
        this.service = service;
    }

    /**
     * Runs it.
     *
     * @param args none
     * @throws Exception when a call to the service that behaves fails
     */
    public static void main(String[] args) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BenchmarkService.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String port = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            new TransportBenchmark(URI.create("http://127.0.0.1:" + port)).run();
        } finally {
            process.destroy();
            process.waitFor(5, TimeUnit.SECONDS);
        }
    }

    private void run() throws Exception {
        Map<String, Contender> contenders = new LinkedHashMap<>();
        contenders.put("library", TransportBenchmark::library);
        contenders.put("manager, youngest first", url -> new PooledManagerCalls(url, CAPACITY, false));
        contenders.put("manager, released late", url -> new PooledManagerCalls(url, CAPACITY, true));
        contenders.put("blocking client", TransportBenchmark::blocking);
        contenders.put("async client", TransportBenchmark::async);
        OUT.printf("%d calls a round, medians of %d rounds after two%n%n", CALLS, ROUNDS);
        OUT.println("| Callers | | calls/s | p50 µs | p99 µs | processor µs a call | connects per 1,000 calls |");
        OUT.println("|---|---|---|---|---|---|---|");
        for (int callers : new int[] {1, 16, 64}) {
            compare(contenders, callers);
        }
        OUT.printf("%n| Of %d calls | wrong, strays 0.2 ms late | failed, closed 0.2 ms late |%n", FAULTY_CALLS);
        OUT.println("|---|---|---|");
        for (Map.Entry<String, Contender> contender : contenders.entrySet()) {
            long wrong = faults(contender.getValue(), "/strays")[0];
            long failed = faults(contender.getValue(), "/closes")[1];
            OUT.printf("| %s | %d | %d |%n", contender.getKey(), wrong, failed);
        }
    }

    private void compare(Map<String, Contender> contenders, int callers) throws Exception {
        Map<String, Calls> opened = new LinkedHashMap<>();
        contenders.forEach((name, contender) -> opened.put(name, contender.open(service.resolve("/good"))));
        Map<String, List<Figures>> figures = new LinkedHashMap<>();
        for (int round = -2; round < ROUNDS; round++) {
            for (Map.Entry<String, Calls> one : opened.entrySet()) {
                Figures measured = measure(one.getValue(), callers);
                if (round >= 0) {
                    figures.computeIfAbsent(one.getKey(), name -> new ArrayList<>())
                            .add(measured);
                }
            }
        }
        for (Map.Entry<String, List<Figures>> one : figures.entrySet()) {
            List<Figures> rounds = one.getValue();
            OUT.printf(
                    Locale.ROOT,
                    "| %d | %s | %,.0f | %.0f | %.0f | %.0f | %.1f |%n",
                    callers,
                    one.getKey(),
                    median(rounds.stream().mapToDouble(Figures::perSecond).toArray()),
                    median(rounds.stream().mapToDouble(Figures::p50).toArray()),
                    median(rounds.stream().mapToDouble(Figures::p99).toArray()),
                    median(rounds.stream().mapToDouble(Figures::cpuMicros).toArray()),
                    median(rounds.stream().mapToDouble(Figures::connects).toArray()));
        }
        for (Calls one : opened.values()) {
            one.close();
        }
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private Figures measure(Calls calls, int callers) throws Exception {
        long[] nanos = new long[CALLS];
        com.sun.management.OperatingSystemMXBean system =
                (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long connections = connections();
        long processor = system.getProcessCpuTime();
        long began = System.nanoTime();
        inParallel(callers, CALLS, i -> {
            long begin = System.nanoTime();
            if (!calls.call()) {
                throw new IllegalStateException("a wrong answer");
            }
            nanos[i] = System.nanoTime() - begin;
        });
        double seconds = (System.nanoTime() - began) / 1e9;
        processor = system.getProcessCpuTime() - processor;
        Arrays.sort(nanos);
        return new Figures(
                CALLS / seconds,
                nanos[CALLS / 2] / 1e3,
                nanos[CALLS * 99 / 100] / 1e3,
                processor / 1e3 / CALLS,
                (connections() - connections) * 1e3 / CALLS);
    }

    /** Returns how many tokens were verified, and how many calls had no answer. */
    private long[] faults(Contender contender, String path) throws Exception {
        LongAdder verified = new LongAdder();
        LongAdder failed = new LongAdder();
        try (Calls calls = contender.open(service.resolve(path))) {
            inParallel(FAULTY_CALLERS, FAULTY_CALLS, i -> {
                try {
                    if (calls.call()) {
                        verified.increment();
                    }
                } catch (Exception e) {
                    failed.increment();
                }
            });
        }
        return new long[] {verified.sum(), failed.sum()};
    }

    private interface Step {
        void run(int number) throws Exception;
    }

    private static void inParallel(int callers, int count, Step step) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int c = 0; c < callers; c++) {
                int first = c;
                done.add(threads.submit(() -> {
                    for (int i = first; i < count; i += callers) {
                        step.run(i);
                    }
                    return null;
                }));
            }
            for (Future<?> one : done) {
                one.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    private long connections() throws IOException {
        URLConnection connection = service.resolve("/connections").toURL().openConnection();
        try (InputStream in = connection.getInputStream()) {
            return Long.parseLong(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
        }
    }

    private static Calls library(URI baseUrl) {
        GuardSettings settings =
                TestSettings.guard(Map.of("secret", "0123456789abcdef", "base-url", baseUrl.toString()));
        HttpUpstream upstream = new HttpUpstream(Target.of(settings), settings, new StrictJson(), new JsonWriter());
        return new Calls() {
            @Override
            public boolean call() {
                UpstreamResult result = upstream.call("ok-1");
                if (result.status() == 0) {
                    throw new IllegalStateException(result.toString());
                }
                return result.reason() == Reason.SUCCESS;
            }

            @Override
            public void close() {
                upstream.close();
            }
        };
    }

    private static Calls blocking(URI baseUrl) {
        CloseableHttpClient client = HttpClients.custom()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableContentCompression()
                .disableRedirectHandling()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setMaxConnTotal(CAPACITY)
                        .setMaxConnPerRoute(CAPACITY)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS)
                                .build())
                        .build())
                .build();
        return new Calls() {
            @Override
            public boolean call() throws Exception {
                HttpPost post = new HttpPost(baseUrl + "/v1/verify");
                post.setEntity(new StringEntity(BODY, ContentType.APPLICATION_JSON));
                return client.execute(post, response -> {
                    EntityUtils.consume(response.getEntity());
                    return response.getCode() == 200;
                });
            }

            @Override
            public void close() throws Exception {
                client.close();
            }
        };
    }

    private static Calls async(URI baseUrl) {
        CloseableHttpAsyncClient client = HttpAsyncClients.custom()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableRedirectHandling()
                .setConnectionManager(PoolingAsyncClientConnectionManagerBuilder.create()
                        .setMaxConnTotal(CAPACITY)
                        .setMaxConnPerRoute(CAPACITY)
                        .build())
                .build();
        client.start();
        return new Calls() {
            @Override
            public boolean call() throws Exception {
                SimpleHttpRequest post = SimpleRequestBuilder.post(baseUrl + "/v1/verify")
                        .setBody(BODY, ContentType.APPLICATION_JSON)
                        .build();
                return client.execute(post, null).get(2, TimeUnit.SECONDS).getCode() == 200;
            }

            @Override
            public void close() throws Exception {
                client.close();
            }
        };
    }
}
