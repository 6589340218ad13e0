package com.playtcha.jakarta.it.bench.guard;

import com.playtcha.jakarta.it.bench.Report;
import com.playtcha.jakarta.it.bench.TlsKey;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.ServletContainerInitializer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;

/** What the filter adds to the start of an application, and the first guarded request over https, each in a new JVM. */
final class StartUp {
    private static final int ROUNDS = 5;
    private static final String SECRET = "bench-secret-0123456789";

    private StartUp() {}

    static void run() throws Exception {
        TlsKey key = TlsKey.of("localhost");
        List<String> trust = TlsKey.trustOptions(key);
        List<double[]> rounds = new ArrayList<>();
        try (PlaytchaStandIn service = PlaytchaStandIn.builder()
                .secret(SECRET)
                .sslContext(key.serverContext())
                .start()) {
            for (int i = 0; i < ROUNDS; i++) {
                try (Children children = new Children()) {
                    String[] figures = children.start(Application.class, trust, "https://localhost:" + service.port())
                            .split(" ");
                    rounds.add(List.of(figures).stream()
                            .mapToDouble(Double::parseDouble)
                            .toArray());
                }
            }
        }
        new Report("bench-start", "Start of an application, and its first guarded request")
                .ranOn(Map.of("rounds", Integer.toString(ROUNDS)))
                .text(
                        "Medians in milliseconds. Each round is a new JVM, in which Tomcat has served a page already. The guarded"
                                + " request is sent a second after the start; Playtcha's stand-in is reached over https.")
                .table(
                        List.of("start of an empty application", "with the filter", "first guarded request", "second"),
                        List.of(List.of(median(rounds, 0), median(rounds, 1), median(rounds, 2), median(rounds, 3))))
                .write();
    }

    private static String median(List<double[]> rounds, int column) {
        return Report.figure(
                rounds.stream().mapToDouble(round -> round[column]).sorted().toArray()[ROUNDS / 2]);
    }

    /** One round; takes the service's base URL. */
    static final class Application {
        private Application() {}

        public static void main(String[] args) throws Exception {
            Children.endWithInput();
            Tomcat tomcat = new Tomcat();
            tomcat.setBaseDir(Files.createTempDirectory("bench-tomcat").toString());
            Connector connector = new Connector();
            connector.setPort(0);
            tomcat.setConnector(connector);
            context(tomcat, "/warm");
            tomcat.start();
            int port = connector.getLocalPort();
            post(port, "/warm/");
            double plain = start(tomcat, context("/plain"));
            Context guarded = context("/guarded");
            ServiceLoader.load(ServletContainerInitializer.class)
                    .forEach(initializer -> guarded.addServletContainerInitializer(initializer, Set.of()));
            BenchTomcat.library(guarded, "form", args[0]);
            double withFilter = start(tomcat, guarded);
            TimeUnit.SECONDS.sleep(1);
            double first = post(port, "/guarded/form");
            double second = post(port, "/guarded/form");
            Children.print(plain + " " + withFilter + " " + first + " " + second);
            tomcat.getServer().await();
        }

        private static void context(Tomcat tomcat, String path) {
            tomcat.getHost().addChild(context(path));
        }

        private static Context context(String path) {
            StandardContext context = new StandardContext();
            context.setName(path);
            context.setPath(path);
            context.addLifecycleListener(new Tomcat.FixContextListener());
            BenchTomcat.page(context);
            return context;
        }

        private static double start(Tomcat tomcat, Context context) {
            long begun = System.nanoTime();
            tomcat.getHost().addChild(context);
            return millisSince(begun);
        }

        private static double post(int port, String path) throws IOException {
            long begun = System.nanoTime();
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
            connection.setDoOutput(true);
            connection.getOutputStream().write(("playtcha-response=ok-" + begun).getBytes(StandardCharsets.US_ASCII));
            connection.getInputStream().readAllBytes();
            return millisSince(begun);
        }

        private static double millisSince(long begun) {
            return (System.nanoTime() - begun) / 1e6;
        }
    }
}
