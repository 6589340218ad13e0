package com.playtcha.jakarta.it.bench.soak;

import com.playtcha.jakarta.PlaytchaAttributes;
import com.playtcha.jakarta.late.LateResults;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The application that is deployed again and again. What outlives it is kept in the system properties, and has classes of
 * the JDK only: the ids that were handled, and a weak reference to the class loader of each deployment.
 */
public class RedeployedApplication extends HttpServlet implements ServletContextListener {
    private static final long serialVersionUID = 1L;
    private static final String HANDLED = "soak.handled";
    private static final String LOADERS = "soak.loaders";

    @Override
    public void contextInitialized(ServletContextEvent event) {
        loaders().add(new WeakReference<>(RedeployedApplication.class.getClassLoader()));
        Set<String> handled = handled();
        LateResults late = (LateResults) event.getServletContext().getAttribute(LateResults.ATTRIBUTE);
        late.setHandler((result, delivery) -> handled.add(result.getId()));
    }

    @SuppressWarnings("unchecked")
    private static Set<String> handled() {
        return (Set<String>)
                System.getProperties().computeIfAbsent(HANDLED, absent -> ConcurrentHashMap.<String>newKeySet());
    }

    @SuppressWarnings("unchecked")
    private static List<WeakReference<ClassLoader>> loaders() {
        return (List<WeakReference<ClassLoader>>) System.getProperties()
                .computeIfAbsent(LOADERS, absent -> new CopyOnWriteArrayList<WeakReference<ClassLoader>>());
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/plain");
        switch (request.getServletPath()) {
            case "/form" -> {
                Object deferral = request.getAttribute(PlaytchaAttributes.DEFERRAL_ID);
                response.getWriter().write("passed " + (deferral == null ? "" : deferral));
            }
            case "/handled" -> response.getWriter().write(String.join("\n", handled()));
            case "/figures" -> response.getWriter().write(figures());
            default -> response.getWriter().write("ready");
        }
    }

    /** Deployments made, class loaders in memory, threads of the library, all threads, loaded classes, bytes of heap. */
    private static String figures() {
        System.gc();
        long alive = loaders().stream().filter(loader -> loader.get() != null).count();
        long own = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("playtcha-"))
                .count();
        return loaders().size() + " " + alive + " " + own + " "
                + ManagementFactory.getThreadMXBean().getThreadCount() + " "
                + ManagementFactory.getClassLoadingMXBean().getLoadedClassCount() + " "
                + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
