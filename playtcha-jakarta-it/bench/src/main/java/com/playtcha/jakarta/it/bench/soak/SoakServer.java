package com.playtcha.jakarta.it.bench.soak;

import com.playtcha.jakarta.PlaytchaAttributes;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.it.bench.guard.Children;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateKind;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResults;
import com.playtcha.jakarta.late.LateUnavailableException;
import com.playtcha.jakarta.late.RetryLater;
import com.sun.management.UnixOperatingSystemMXBean;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.RemoteIpValve;
import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.h2.jdbcx.JdbcDataSource;

/** Tomcat with an application whose forms are guarded in every way, and late results in the embedded database. */
final class SoakServer {
    static final int FREE_FAILURES = 3;
    static final int SESSION_PASSES = 2;
    static final String CALLBACK_PATH = "/results";
    static final String CALLBACK_KEY = "soak-callback-0123456789";

    /** The shortest that is allowed. */
    static final Duration RETENTION = Duration.ofMinutes(10);

    /** All of Tomcat's threads exist from the start, so that a thread more is one of the library's. */
    private static final int REQUEST_THREADS = 200;

    private static final Map<String, String> SETTINGS = Map.of(
            "secret",
            FaultyService.SECRET,
            "timeout",
            Judge.TIMEOUT.toString(),
            "late-verdicts",
            "true",
            "late-retention",
            RETENTION.toString(),
            "dead-letter-retry",
            "PT2S",
            "failure-window",
            "PT5M",
            "callback-path",
            CALLBACK_PATH,
            "callback-key",
            CALLBACK_KEY);

    /** Kept, because the JDK forgets a logger, and its level, that nobody keeps. */
    private static final Logger LOGS = Logger.getLogger("com.playtcha");

    private SoakServer() {}

    /** Takes the service's base URL and the late-dir; prints its port and serves until its standard input ends. */
    public static void main(String[] args) throws Exception {
        Children.endWithInput();
        // Each visitor who is let in without a verdict has a line at INFO.
        LOGS.setLevel(Level.WARNING);
        Path directory = Path.of(args[1]);
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("soak-tomcat").toString());
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("maxKeepAliveRequests", "-1");
        connector.setProperty("keepAliveTimeout", "60000");
        connector.setProperty("maxThreads", Integer.toString(REQUEST_THREADS));
        connector.setProperty("minSpareThreads", Integer.toString(REQUEST_THREADS));
        tomcat.setConnector(connector);
        tomcat.getEngine().getPipeline().addValve(new RemoteIpValve());
        Context context = tomcat.addContext("", null);
        context.setSessionTimeout(1);
        SETTINGS.forEach((key, value) -> context.addParameter("playtcha." + key, value));
        context.addParameter("playtcha.base-url", args[0]);
        context.addParameter("playtcha.late-dir", directory.toString());
        ServiceLoader.load(ServletContainerInitializer.class)
                .forEach(initializer -> context.addServletContainerInitializer(initializer, Set.of()));
        Handled handled = new Handled();
        context.addServletContainerInitializer(
                (classes, servlets) ->
                        ((LateResults) servlets.getAttribute(LateResults.ATTRIBUTE)).setHandler(handled::handle),
                null);
        add(context, "page", new Page(), "/other");
        add(context, "multipart", new Page(), "/multipart").setMultipartConfigElement(new MultipartConfigElement(""));
        add(context, "handled", handled, "/handled");
        add(context, "figures", new Figures(connector, directory.resolve("store")), "/figures");
        guard(context, "/form", Map.of());
        guard(context, "/json", Map.of("token-json-pointer", "/playtchaToken"));
        guard(context, "/multipart", Map.of());
        guard(context, "/header", Map.of("token-param", "off"));
        guard(context, "/login", Map.of("after-failures", Integer.toString(FREE_FAILURES)));
        guard(context, "/session", Map.of("session-pass", Integer.toString(SESSION_PASSES)));
        guard(context, "/task", Map.of());
        tomcat.start();
        if (!context.getState().isAvailable()) {
            throw new IllegalStateException("the application did not start");
        }
        Children.print(connector.getLocalPort());
        tomcat.getServer().await();
    }

    private static Wrapper add(Context context, String name, HttpServlet servlet, String pattern) {
        Wrapper wrapper = Tomcat.addServlet(context, name, servlet);
        context.addServletMappingDecoded(pattern, name);
        return wrapper;
    }

    private static void guard(Context context, String path, Map<String, String> settings) {
        if (context.findServletMapping(path) == null) {
            context.addServletMappingDecoded(path, "page");
        }
        FilterDef filter = new FilterDef();
        filter.setFilterName(path.substring(1));
        filter.setFilterClass("com.playtcha.jakarta.servlet.PlaytchaFilter");
        filter.setAsyncSupported("true");
        settings.forEach(filter::addInitParameter);
        context.addFilterDef(filter);
        FilterMap mapping = new FilterMap();
        mapping.setFilterName(filter.getFilterName());
        mapping.addURLPattern(path);
        context.addFilterMap(mapping);
    }

    /** Every page of the application; it says what it was told about its visitor. */
    private static final class Page extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            if (request.getMethod().equals("GET")) {
                if (request.getServletPath().equals("/session")) {
                    request.getSession();
                }
                response.getWriter().write("Hello");
                return;
            }
            Verification verification = Verification.from(request::getAttribute).orElseThrow();
            String task = "";
            switch (request.getServletPath()) {
                case "/login" -> {
                    // The password is always wrong.
                    PlaytchaGuards guards = (PlaytchaGuards) getServletContext().getAttribute(PlaytchaGuards.ATTRIBUTE);
                    guards.failures().record(request.getRemoteAddr());
                }
                case "/task" -> task = order();
                default -> {
                    // The body is still there.
                    request.getInputStream().readAllBytes();
                    request.getParameter("name");
                }
            }
            Object deferral = request.getAttribute(PlaytchaAttributes.DEFERRAL_ID);
            response.getWriter()
                    .printf(
                            "outcome=%s reason=%s deferral=%s task=%s",
                            verification.getOutcome(),
                            verification.getReason(),
                            deferral == null ? "" : deferral,
                            task);
        }

        private String order() {
            String id = UUID.randomUUID().toString();
            LateResults late = (LateResults) getServletContext().getAttribute(LateResults.ATTRIBUTE);
            try {
                late.getTasks().track(id);
                return id;
            } catch (LateUnavailableException e) {
                return "";
            }
        }
    }

    /** The application's handler, which fails now and then; the page lists what it handled since the last look. */
    private static final class Handled extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private final transient Queue<String> lines = new ConcurrentLinkedQueue<>();
        private final transient Set<String> postponed = ConcurrentHashMap.newKeySet();

        void handle(LateResult result, Delivery delivery) throws Exception {
            int chance = Math.floorMod(result.getId().hashCode(), 100);
            if (delivery.getAttempt() == 1 && chance < 3) {
                throw new IllegalStateException("the first call of some fails");
            }
            if (chance >= 3 && chance < 6 && postponed.add(result.getId())) {
                throw new RetryLater(Duration.ofSeconds(2));
            }
            postponed.remove(result.getId());
            lines.add(
                    result.getKind() == LateKind.LATE_VERDICT
                            ? "verdict " + result.getId() + " " + result.getOutcome()
                            : "task " + result.getId() + " " + result.getCode());
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            for (String line = lines.poll(); line != null; line = lines.poll()) {
                response.getWriter().println(line);
            }
        }
    }

    /** Of this process, after a full collection. */
    private static final class Figures extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private final transient Connector connector;
        private final transient Path directory;

        Figures(Connector connector, Path directory) {
            this.connector = connector;
            this.directory = directory;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            System.gc();
            try {
                List<Long> figures = List.of(
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                        (long) ManagementFactory.getThreadMXBean().getThreadCount(),
                        descriptors(),
                        ((AbstractProtocol<?>) connector.getProtocolHandler()).getConnectionCount(),
                        rows(),
                        Files.size(directory.resolve(file())));
                response.getWriter()
                        .write(String.join(
                                " ", figures.stream().map(String::valueOf).toList()));
            } catch (SQLException e) {
                throw new ServletException(e);
            }
        }

        private static long descriptors() {
            return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                    ? unix.getOpenFileDescriptorCount()
                    : 0;
        }

        private String file() throws IOException {
            try (var files = Files.list(directory)) {
                return files.map(path -> path.getFileName().toString())
                        .filter(name -> name.endsWith(".mv.db"))
                        .findFirst()
                        .orElseThrow();
            }
        }

        /** The rows of all tables; H2 lets in who is in the same process. */
        private long rows() throws SQLException, IOException {
            JdbcDataSource database = new JdbcDataSource();
            database.setURL("jdbc:h2:retry:" + directory.toAbsolutePath().resolve(file().replace(".mv.db", ""))
                    + ";IFEXISTS=TRUE");
            try (Connection connection = database.getConnection("playtcha", "");
                    Statement statement = connection.createStatement();
                    ResultSet sum = statement.executeQuery("SELECT SUM(ROW_COUNT_ESTIMATE)"
                            + " FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'PUBLIC'")) {
                sum.next();
                return sum.getLong(1);
            }
        }
    }
}
