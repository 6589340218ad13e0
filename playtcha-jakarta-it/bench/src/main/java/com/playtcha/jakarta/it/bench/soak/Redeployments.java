package com.playtcha.jakarta.it.bench.soak;

import com.playtcha.jakarta.it.bench.Report;
import com.playtcha.jakarta.it.bench.War;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.ReceivedRequest;
import com.playtcha.jakarta.testkit.Reply;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Deploys an application with the library into a server's folder, uses it, and takes it away, again and again; at the end,
 * no class loader but the last may be left, and everything acknowledged was handled by one of the deployments.
 */
final class Redeployments {
    static final String LIBRARIES = "(playtcha-jakarta-[0-9.]+(-SNAPSHOT)?|httpc.*|h2-.*)\\.jar";

    /** Where the server has no logging facade and no JSON. */
    static final String MORE_LIBRARIES =
            LIBRARIES.replace("|h2-", "|slf4j-.*|yasson-.*|parsson-.*|jakarta\\.json.*|h2-");

    private static final Pattern PASSED = Pattern.compile("passed (\\S*)");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Late verdicts wait for half a minute at most once the service is back. */
    private static final Duration DRAIN = Duration.ofMinutes(6);

    private static final int CROWD = 250;
    private static final String CROWD_XML =
            "<web-app xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"6.0\"></web-app>";
    private static final int MAX_TRIES = 10;

    /** When figures are first taken: what a server does once it has done by then. */
    private static final int SETTLED = 10;

    private final String name;
    private final Path folder;
    private final String base;
    private final String libraries;
    private final Set<String> deferred = ConcurrentHashMap.newKeySet();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final List<String> failures = new ArrayList<>();

    /** What the application says of its process. */
    private record Figures(int deployments, int loaders, int ownThreads, int threads, int classes, double heap) {
        static Figures of(String line) {
            String[] parts = line.split(" ");
            return new Figures(
                    Integer.parseInt(parts[0]),
                    Integer.parseInt(parts[1]),
                    Integer.parseInt(parts[2]),
                    Integer.parseInt(parts[3]),
                    Integer.parseInt(parts[4]),
                    Double.parseDouble(parts[5]) / (1 << 20));
        }
    }

    Redeployments(String name, Path folder, int port, String libraries) {
        this.libraries = libraries;
        this.name = name;
        this.folder = folder;
        this.base = "http://127.0.0.1:" + port;
    }

    /** Makes them, adds a row to the table, and returns what failed. */
    List<String> run(int count, List<List<String>> table) throws Exception {
        Set<String> asked = ConcurrentHashMap.newKeySet();
        try (PlaytchaStandIn service = PlaytchaStandIn.builder()
                .secret(FaultyService.SECRET)
                .start()
                .onRequest(request -> reply(request, asked))) {
            Path war = Files.createTempDirectory("soak-war").resolve("app.war");
            War.write(
                    war,
                    "",
                    webXml(service.baseUrl().toString(), Files.createTempDirectory("soak-late")),
                    List.of(RedeployedApplication.class),
                    libraries);
            Path crowd = war.resolveSibling("crowd.war");
            War.write(crowd, "", CROWD_XML, List.of(CrowdServlet.class), "none");
            place(crowd);
            await("the application that stays", PATIENCE, () -> status("/crowd/crowd") == 200);
            visitEveryThread();
            @Nullable Figures early = null;
            for (int i = 1; i <= count; i++) {
                deploy(war);
                use(i);
                if (i == Math.min(SETTLED, count)) {
                    visitEveryThread();
                    early = figures();
                }
                undeploy();
                if (i % SETTLED == 0) {
                    System.out.println(name + ": " + i + " redeployments");
                }
            }
            deploy(war);
            use(count + 1);
            awaitHandled();
            Figures last = awaitFreed();
            Figures settled = early == null ? last : early;
            check(count, settled, last);
            table.add(List.of(
                    name,
                    Report.figure(last.deployments),
                    Report.figure(last.loaders - 1),
                    settled.ownThreads + " / " + last.ownThreads,
                    settled.threads + " / " + last.threads,
                    Report.figure(settled.classes) + " / " + Report.figure(last.classes),
                    Report.figure(settled.heap) + " / " + Report.figure(last.heap),
                    Report.figure(acknowledged.size()) + " / " + Report.figure(deferred.size())));
        }
        return failures;
    }

    private void check(int count, Figures settled, Figures last) {
        if (last.deployments != count + 1) {
            failures.add(name + ": " + last.deployments + " deployments instead of " + (count + 1));
        }
        if (last.loaders > 1) {
            failures.add(name + ": " + (last.loaders - 1) + " class loaders of " + count + " redeployments are left");
        }
        if (last.ownThreads > settled.ownThreads + 4) {
            failures.add(name + ": the library's threads grew from " + settled.ownThreads + " to " + last.ownThreads);
        }
    }

    /** Of a token for a late verdict, the first call fails. */
    private static @Nullable Reply reply(ReceivedRequest request, Set<String> asked) {
        String token = request.token();
        if (!token.startsWith("late")) {
            return null;
        }
        return asked.add(token) ? Reply.error(500, "db_error", "The token could not be looked up.") : Reply.ok();
    }

    private void deploy(Path war) throws Exception {
        Files.deleteIfExists(folder.resolve("app.war.undeployed"));
        place(war);
        await("the application to start", PATIENCE, () -> status("/app/ready") == 200);
    }

    /** A server that looks at its folder sees nothing or all of it. */
    private void place(Path war) throws IOException {
        Path copy = Files.copy(war, folder.resolveSibling("soak.copy"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(copy, folder.resolve(war.getFileName()), StandardCopyOption.ATOMIC_MOVE);
    }

    private void undeploy() throws Exception {
        // WildFly undeploys what has no marker any more, and Tomcat what is not there any more.
        Files.deleteIfExists(folder.resolve("app.war.deployed"));
        Files.delete(folder.resolve("app.war"));
        await("the application to end", PATIENCE, () -> status("/app/ready") == 404);
    }

    /** One visitor of each sort, and a callback that is delivered by this deployment or by the next. */
    private void use(int number) throws Exception {
        expect(number, "ok-" + number, 200);
        expect(number, "invalid-" + number, 403);
        String id = "callback-" + number;
        HttpURLConnection callback = open("/app/results");
        callback.setRequestProperty("X-Callback-Key", SoakServer.CALLBACK_KEY);
        post(callback, "id=" + id + "&code=done");
        if (callback.getResponseCode() == 200) {
            acknowledged.add(id);
        } else {
            failures.add(
                    name + ", deployment " + number + ": a callback was answered with " + callback.getResponseCode());
        }
        // The first may pass without an id, because the library waits 250 ms at most for a store that is still opening.
        for (int i = 0; i < MAX_TRIES; i++) {
            Matcher passed = PASSED.matcher(expect(number, "late-" + number + "-" + i, 200));
            if (passed.matches() && !passed.group(1).isEmpty()) {
                deferred.add(passed.group(1));
                return;
            }
        }
    }

    private String expect(int number, String token, int status) throws IOException {
        HttpURLConnection form = open("/app/form");
        post(form, "playtcha-response=" + token);
        if (form.getResponseCode() != status) {
            failures.add(name + ", deployment " + number + ": token " + token + " was answered with "
                    + form.getResponseCode());
        }
        return form.getResponseCode() == 200 ? body(form) : "";
    }

    private void awaitHandled() throws Exception {
        Set<String> missing = ConcurrentHashMap.newKeySet();
        missing.addAll(deferred);
        missing.addAll(acknowledged);
        try {
            await("late results", DRAIN, () -> {
                List.of(body(open("/app/handled")).split("\n")).forEach(missing::remove);
                return missing.isEmpty();
            });
        } catch (TimeoutException e) {
            failures.add(name + ": " + missing.size() + " acknowledged items were not handled: " + missing);
        }
    }

    private Figures awaitFreed() throws Exception {
        try {
            await("class loaders to be freed", PATIENCE, () -> {
                visitEveryThread();
                return figures().loaders <= 1;
            });
        } catch (TimeoutException e) {
            // The figures say it.
        }
        return figures();
    }

    private void visitEveryThread() throws InterruptedException {
        List<Thread> crowd = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            Thread visitor = new Thread(() -> {
                try {
                    status("/crowd/crowd");
                } catch (IOException e) {
                    // Another one will do.
                }
            });
            visitor.start();
            crowd.add(visitor);
        }
        for (Thread visitor : crowd) {
            visitor.join();
        }
    }

    private Figures figures() throws IOException {
        return Figures.of(body(open("/app/figures")));
    }

    private int status(String path) throws IOException {
        HttpURLConnection connection = open(path);
        int status = connection.getResponseCode();
        if (status < 400) {
            body(connection);
        }
        return status;
    }

    private HttpURLConnection open(String path) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(base + path).toURL().openConnection();
        connection.setRequestProperty("Connection", "close");
        connection.setReadTimeout((int) PATIENCE.toMillis());
        return connection;
    }

    private static void post(HttpURLConnection connection, String body) throws IOException {
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/x-www-form-urlencoded");
        connection.getOutputStream().write(body.getBytes(StandardCharsets.US_ASCII));
    }

    private static String body(HttpURLConnection connection) throws IOException {
        return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void await(String what, Duration atMost, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + atMost.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new TimeoutException("waited too long for " + what);
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static String webXml(String baseUrl, Path directory) {
        return """
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
                  <context-param><param-name>playtcha.base-url</param-name><param-value>%s</param-value></context-param>
                  <context-param><param-name>playtcha.secret</param-name><param-value>%s</param-value></context-param>
                  <context-param><param-name>playtcha.url-patterns</param-name><param-value>/form</param-value></context-param>
                  <context-param><param-name>playtcha.late-verdicts</param-name><param-value>true</param-value></context-param>
                  <context-param><param-name>playtcha.late-dir</param-name><param-value>%s</param-value></context-param>
                  <context-param><param-name>playtcha.callback-path</param-name><param-value>/results</param-value></context-param>
                  <context-param><param-name>playtcha.callback-key</param-name><param-value>%s</param-value></context-param>
                  <listener><listener-class>%s</listener-class></listener>
                  <servlet><servlet-name>application</servlet-name><servlet-class>%5$s</servlet-class></servlet>
                  <servlet-mapping>
                    <servlet-name>application</servlet-name>
                    <url-pattern>/ready</url-pattern><url-pattern>/form</url-pattern><url-pattern>/handled</url-pattern>
                    <url-pattern>/figures</url-pattern>
                  </servlet-mapping>
                </web-app>
                """.formatted(
                        baseUrl,
                        FaultyService.SECRET,
                        directory,
                        SoakServer.CALLBACK_KEY,
                        RedeployedApplication.class.getName());
    }
}
