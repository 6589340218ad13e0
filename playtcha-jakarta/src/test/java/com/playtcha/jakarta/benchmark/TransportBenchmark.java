package com.playtcha.jakarta.benchmark;

import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.http.HttpUpstream;
import com.playtcha.jakarta.internal.http.Target;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
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
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
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
 * Compares the library's transport with the two clients it could have been built on plainly, in one run and in turns:
 * the blocking client checking each connection before use, and the asynchronous client with a bounded wait. Prints
 * medians, processor time, and ratios to the blocking client. Started by {@code mvn -pl playtcha-jakarta -Pbenchmark}.
 */
public final class TransportBenchmark {
    private static final int ROUNDS = 7;
    private static final int MAX = 64;
    private static final String BODY = "{\"secret\":\"0123456789abcdef\",\"token\":\"ok-1\"}";
    private static final PrintStream OUT = System.out;

    private TransportBenchmark() {}

    /** One way to post a token and read the answer. */
    private interface Way extends AutoCloseable {
        void call() throws Exception;
    }

    /**
     * Runs it.
     *
     * @param args none
     * @throws Exception when a call fails
     */
    public static void main(String[] args) throws Exception {
        try (PlaytchaStandIn playtcha =
                PlaytchaStandIn.builder().secret("0123456789abcdef").start()) {
            playtcha.always(Reply.ok());
            Map<String, Way> ways = new LinkedHashMap<>();
            ways.put("blocking", blocking(playtcha.baseUrl()));
            ways.put("async", async(playtcha.baseUrl()));
            ways.put("library", library(playtcha.baseUrl()));
            for (int callers : new int[] {1, 32}) {
                compare(ways, callers, playtcha);
            }
            for (Way way : ways.values()) {
                way.close();
            }
        }
    }

    private static void compare(Map<String, Way> ways, int callers, PlaytchaStandIn playtcha) throws Exception {
        Map<String, List<double[]>> figures = new LinkedHashMap<>();
        int calls = 4_000;
        for (int round = -2; round < ROUNDS; round++) {
            for (Map.Entry<String, Way> way : ways.entrySet()) {
                double[] figure = measure(way.getValue(), callers, calls);
                playtcha.reset();
                playtcha.always(Reply.ok());
                if (round >= 0) {
                    figures.computeIfAbsent(way.getKey(), k -> new ArrayList<>())
                            .add(figure);
                }
            }
        }
        OUT.printf("%d caller(s), %d calls a round, medians of %d rounds%n", callers, calls, ROUNDS);
        double[] base = medians(figures.get("blocking"));
        figures.forEach((name, rounds) -> {
            double[] median = medians(rounds);
            OUT.printf(
                    Locale.ROOT,
                    "  %-9s latency p50 %7.1f us (x%.2f)  p99 %8.1f us (x%.2f)  processor %6.1f us a call (x%.2f)%n",
                    name,
                    median[0],
                    median[0] / base[0],
                    median[1],
                    median[1] / base[1],
                    median[2],
                    median[2] / base[2]);
        });
    }

    private static double[] medians(List<double[]> rounds) {
        double[] medians = new double[rounds.get(0).length];
        for (int i = 0; i < medians.length; i++) {
            int column = i;
            double[] sorted =
                    rounds.stream().mapToDouble(round -> round[column]).sorted().toArray();
            medians[i] = sorted[sorted.length / 2];
        }
        return medians;
    }

    private static double[] measure(Way way, int callers, int calls) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        long[] nanos = new long[calls];
        com.sun.management.OperatingSystemMXBean system =
                (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long processor = system.getProcessCpuTime();
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int c = 0; c < callers; c++) {
                int first = c;
                done.add(threads.submit(() -> {
                    for (int i = first; i < calls; i += callers) {
                        long begin = System.nanoTime();
                        way.call();
                        nanos[i] = System.nanoTime() - begin;
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
        processor = system.getProcessCpuTime() - processor;
        Arrays.sort(nanos);
        return new double[] {
            nanos[calls / 2] / 1e3, nanos[calls * 99 / 100] / 1e3, processor / 1e3 / calls,
        };
    }

    private static Way library(URI baseUrl) {
        GuardSettings settings =
                TestSettings.guard(Map.of("secret", "0123456789abcdef", "base-url", baseUrl.toString()));
        HttpUpstream upstream = new HttpUpstream(Target.of(settings), settings, new StrictJson(), new JsonWriter());
        return new Way() {
            @Override
            public void call() {
                if (upstream.call("ok-1").facts().getStatus() == 0) {
                    throw new IllegalStateException("no answer");
                }
            }

            @Override
            public void close() {
                upstream.close();
            }
        };
    }

    private static Way blocking(URI baseUrl) {
        CloseableHttpClient client = HttpClients.custom()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableContentCompression()
                .disableRedirectHandling()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setMaxConnTotal(MAX)
                        .setMaxConnPerRoute(MAX)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS)
                                .build())
                        .build())
                .build();
        return new Way() {
            @Override
            public void call() throws Exception {
                HttpPost post = new HttpPost(baseUrl + "/v1/verify");
                post.setEntity(new StringEntity(BODY, ContentType.APPLICATION_JSON));
                client.execute(post, response -> EntityUtils.toByteArray(response.getEntity()));
            }

            @Override
            public void close() throws Exception {
                client.close();
            }
        };
    }

    private static Way async(URI baseUrl) {
        CloseableHttpAsyncClient client = HttpAsyncClients.custom()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableRedirectHandling()
                .setConnectionManager(PoolingAsyncClientConnectionManagerBuilder.create()
                        .setMaxConnTotal(MAX)
                        .setMaxConnPerRoute(MAX)
                        .build())
                .build();
        client.start();
        return new Way() {
            @Override
            public void call() throws Exception {
                SimpleHttpRequest post = SimpleRequestBuilder.post(baseUrl + "/v1/verify")
                        .setBody(BODY, ContentType.APPLICATION_JSON)
                        .build();
                SimpleHttpResponse response = client.execute(post, null).get(2, TimeUnit.SECONDS);
                response.getBodyBytes();
            }

            @Override
            public void close() throws Exception {
                client.close();
            }
        };
    }
}
