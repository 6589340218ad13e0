package com.playtcha.jakarta.it.bench.guard;

import com.sun.management.OperatingSystemMXBean;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.jspecify.annotations.Nullable;

/** Tomcat with one page behind each filter and each speed of the service, and one page without any. */
final class BenchTomcat {
    static final List<String> SPEEDS = List.of("fast", "slow", "hang");
    private static final String FILTER = "com.playtcha.jakarta.servlet.PlaytchaFilter";

    private BenchTomcat() {}

    /** Takes the port of the service; prints its own port and serves until its standard input ends. */
    public static void main(String[] args) throws Exception {
        Children.endWithInput();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("bench-tomcat").toString());
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("maxKeepAliveRequests", "-1");
        connector.setProperty("acceptCount", "2000");
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", null);
        ServiceLoader.load(ServletContainerInitializer.class)
                .forEach(initializer -> context.addServletContainerInitializer(initializer, Set.of()));
        page(context);
        add(context, "figures", new Figures(), "/figures");
        for (String speed : SPEEDS) {
            String baseUrl = "http://127.0.0.1:" + args[0] + "/" + speed;
            library(context, "library-" + speed, baseUrl);
            filter(context, "hand-written-" + speed, new ComparedFilters.HandWritten(baseUrl));
            filter(context, "jdk-client-" + speed, new ComparedFilters.JdkClient(baseUrl));
            filter(context, "bare-socket-" + speed, new ComparedFilters.BareSocket(baseUrl));
        }
        tomcat.start();
        Children.print(connector.getLocalPort());
        tomcat.getServer().await();
    }

    static void page(Context context) {
        add(context, "page", new Page(), "/");
    }

    /** Maps the library's filter to the path with its name. */
    static void library(Context context, String name, String baseUrl) {
        FilterDef filter = filter(context, name, null);
        filter.addInitParameter("base-url", baseUrl);
        filter.addInitParameter("secret", "bench-secret-0123456789");
    }

    private static void add(Context context, String name, HttpServlet servlet, String pattern) {
        Tomcat.addServlet(context, name, servlet);
        context.addServletMappingDecoded(pattern, name);
    }

    private static FilterDef filter(Context context, String name, @Nullable Filter instance) {
        FilterDef filter = new FilterDef();
        filter.setFilterName(name);
        filter.setFilterClass(instance == null ? FILTER : instance.getClass().getName());
        filter.setAsyncSupported("true");
        if (instance != null) {
            filter.setFilter(instance);
        }
        context.addFilterDef(filter);
        FilterMap mapping = new FilterMap();
        mapping.setFilterName(name);
        mapping.addURLPattern("/" + name);
        context.addFilterMap(mapping);
        return filter;
    }

    private static final class Page extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            byte[] page = ("Hello " + request.getParameter("name")).getBytes(StandardCharsets.UTF_8);
            response.setContentType("text/plain");
            response.setContentLength(page.length);
            response.getOutputStream().write(page);
        }
    }

    /** Of this process: processor time, voluntary context switches, threads, resident memory. */
    private static final class Figures extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            String line = system.getProcessCpuTime() + " " + voluntarySwitches() + " "
                    + ManagementFactory.getThreadMXBean().getThreadCount() + " "
                    + field(Path.of("/proc/self/status"), "VmRSS:");
            response.setContentLength(line.length());
            response.getOutputStream().print(line);
        }
    }

    /** The file of the process itself counts its first thread only. */
    private static long voluntarySwitches() throws IOException {
        long sum = 0;
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            for (Path thread : threads.toList()) {
                sum += field(thread.resolve("status"), "voluntary_ctxt_switches:");
            }
        }
        return sum;
    }

    /** Returns 0 for a thread that has ended meanwhile, and where there is no such file. */
    private static long field(Path file, String name) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .sum();
        } catch (IOException | RuntimeException ended) {
            return 0;
        }
    }
}
