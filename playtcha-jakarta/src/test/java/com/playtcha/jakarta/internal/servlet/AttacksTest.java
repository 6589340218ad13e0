package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.catalina.util.ServerInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.SpringBootVersion;

/**
 * Hostile requests against real servers: none of them runs a guarded servlet by a method that is not safe. {@code mvn -pl
 * playtcha-jakarta -Pattacks} writes what each server answered into {@code playtcha-jakarta-it/results/attacks.md}.
 */
class AttacksTest {
    private static final int RACES = Integer.getInteger("attacks.races", 20);
    private static final int RACERS = 16;
    private static final int PATIENCE_MILLIS = 3_000;
    private static final List<Attack> ATTACKS = Attack.all();

    /** The servers; the last two are processes, which only the profile starts. */
    enum Server {
        TOMCAT {
            @Override
            App open(Map<String, String> settings) {
                TomcatApp app = new TomcatApp().initialized();
                settings.forEach((key, value) -> app.context().addParameter("playtcha." + key, value));
                AttackedPages.all().forEach((path, page) -> app.servlet(path, page::serve));
                app.start();
                return new App(app.port(), app);
            }
        },
        JETTY {
            @Override
            App open(Map<String, String> settings) {
                TestApp app = new TestApp().initialized().contextParams(settings);
                AttackedPages.all().forEach((path, page) -> app.servlet(path, page::serve));
                app.start();
                return new App(app.port(), app);
            }
        },
        WILDFLY {
            @Override
            App open(Map<String, String> settings) throws Exception {
                ServerProcess process = ServerProcess.wildFly(Path.of(System.getProperty("attacks.wildfly")), settings);
                return new App(process.port(), process);
            }
        },
        SPRING_BOOT {
            @Override
            App open(Map<String, String> settings) throws Exception {
                ServerProcess process = ServerProcess.springBoot(settings);
                return new App(process.port(), process);
            }
        };

        abstract App open(Map<String, String> settings) throws Exception;
    }

    static List<Server> servers() {
        return System.getProperty("attacks.wildfly") == null
                ? List.of(Server.TOMCAT, Server.JETTY)
                : List.of(Server.values());
    }

    /** A running application. */
    record App(int port, AutoCloseable server) implements AutoCloseable {
        /** Returns how often a guarded page has run since this was called. */
        int effects() throws IOException {
            String answer =
                    answer(port, bytes("GET /app/effects HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
            Matcher body = Pattern.compile("\r\n\r\n(?:[0-9a-f]+\r\n)?([0-9]+)").matcher(answer);
            assertThat(body.find()).as(answer).isTrue();
            return Integer.parseInt(body.group(1));
        }

        @Override
        public void close() throws Exception {
            server.close();
        }
    }

    private final PlaytchaStandIn playtcha = PlaytchaStandIn.start();

    private Map<String, String> settings() {
        return TestApp.params(
                playtcha,
                "url-patterns",
                "/signup, /account/*, *.do",
                "dispatchers",
                "REQUEST, FORWARD, INCLUDE, ASYNC, ERROR",
                "token-json-pointer",
                "/playtchaToken");
    }

    @ParameterizedTest
    @MethodSource("servers")
    void noHostileRequestRunsAGuardedServlet(Server server) throws Exception {
        Map<Attack, String> answers = new LinkedHashMap<>();
        List<String> ran = new ArrayList<>();
        try (playtcha;
                App app = server.open(settings())) {
            for (String path : List.of("/app/signup", "/app/account/close", "/app/order.do")) {
                // The guarded servlets are there, and a good token runs them: the table could not fail otherwise.
                String good = "playtcha-response=ok" + path.hashCode();
                assertThat(status(app.port(), form(path, good))).isEqualTo("200");
            }
            assertThat(app.effects()).isEqualTo(3);

            for (Attack attack : ATTACKS) {
                answers.put(attack, status(app.port(), attack.request()));
                if (app.effects() != 0) {
                    ran.add(attack.toString());
                }
            }
            // The last dispatches may have outlived their connections.
            assertThat(status(app.port(), form("/app/signup", "playtcha-response=ok-last")))
                    .isEqualTo("200");
            assertThat(app.effects()).isEqualTo(1);
        }
        assertThat(ran).as("attacks that ran a guarded servlet").isEmpty();
        assertThat(answers.values()).as("an error of our own").doesNotContain("500");
        Results.add(server, answers);
    }

    /** Whoever sends one token from many connections at once gets in once at most. */
    @ParameterizedTest
    @MethodSource("servers")
    void oneTokenRunsAGuardedServletOnceHoweverManyRaceWithIt(Server server) throws Exception {
        ExecutorService racers = Executors.newFixedThreadPool(RACERS);
        try (playtcha;
                App app = server.open(settings())) {
            for (int i = 0; i < RACES; i++) {
                // With every other one, the service has just gone: the visitor is let in without a verdict, but once.
                playtcha.always(i % 2 == 0 ? null : Reply.closeWithoutAnswer());
                byte[] request = form("/app/signup", "playtcha-response=ok-race-" + i);
                CyclicBarrier together = new CyclicBarrier(RACERS);
                List<Future<String>> results = new ArrayList<>();
                for (int racer = 0; racer < RACERS; racer++) {
                    results.add(racers.submit(() -> {
                        together.await();
                        return status(app.port(), request);
                    }));
                }
                for (Future<String> result : results) {
                    result.get(1, TimeUnit.MINUTES);
                }
                assertThat(app.effects()).as("race " + i).isEqualTo(1);
            }
        } finally {
            racers.shutdownNow();
        }
    }

    private static byte[] form(String path, String body) {
        return bytes("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: "
                + Attack.FORM + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static byte[] bytes(String request) {
        return request.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Returns the first status, or what there is without one. */
    private static String status(int port, byte[] request) throws IOException {
        String text = answer(port, request);
        return text.startsWith("HTTP/1.") && text.length() > 12
                ? text.substring(9, 12)
                : text.isEmpty() ? "closed" : text.startsWith("<") ? "a page without a head" : text;
    }

    /** Sends the bytes, ends the output, and returns the answer after the server has ended the connection. */
    private static String answer(int port, byte[] request) throws IOException {
        StringBuilder answer = new StringBuilder();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(request);
            socket.getOutputStream().flush();
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            byte[] block = new byte[8192];
            for (int count = in.read(block); count >= 0; count = in.read(block)) {
                answer.append(new String(block, 0, count, StandardCharsets.ISO_8859_1));
            }
        } catch (SocketTimeoutException e) {
            answer.append(answer.length() == 0 ? "waits" : "");
        } catch (IOException e) {
            // A reset, which may come before all was written.
            answer.append(answer.length() == 0 ? "reset" : "");
        }
        return answer.toString();
    }

    /** What the servers answered; written where the profile asks for it. */
    private static final class Results {
        private static final Map<Server, Map<Attack, String>> SEEN = new TreeMap<>();

        static synchronized void add(Server server, Map<Attack, String> answers) throws IOException {
            SEEN.put(server, answers);
            String file = System.getProperty("attacks.results");
            if (file != null && SEEN.size() == Server.values().length) {
                Files.writeString(Path.of(file), page());
            }
        }

        private static String page() {
            StringBuilder page = new StringBuilder("# Hostile requests\n\n");
            page.append("Ran on Tomcat ")
                    .append(ServerInfo.getServerNumber())
                    .append(", Jetty ")
                    .append(org.eclipse.jetty.util.Jetty.VERSION)
                    .append(", WildFly ")
                    .append(System.getProperty("attacks.wildfly").replaceFirst(".*-", ""))
                    .append(" and Spring Boot ")
                    .append(SpringBootVersion.getVersion())
                    .append(" with that Tomcat, JDK ")
                    .append(Runtime.version())
                    .append(
                            ". `mvn -pl playtcha-jakarta -Pattacks` makes it again. None of the requests ran a guarded servlet;")
                    .append(
                            " beside each is what the server answered: a status, *closed* or *reset* without one, or *waits*"
                                    + " for more, for ")
                    .append(PATIENCE_MILLIS / 1000)
                    .append(" s.\n\n| | Request | Tomcat | Jetty | WildFly | Spring Boot |\n")
                    .append("| --- | --- | --- | --- | --- | --- |\n");
            ATTACKS.forEach(attack -> {
                page.append("| ").append(attack.group()).append(" | `").append(shown(attack.name()));
                page.append("` |");
                SEEN.values()
                        .forEach(answers ->
                                page.append(' ').append(answers.get(attack)).append(" |"));
                page.append('\n');
            });
            return page.toString();
        }

        private static String shown(String name) {
            return name.replace("|", "\\|").replace("`", "'").replaceAll("[^ -~…]", "?");
        }
    }
}
