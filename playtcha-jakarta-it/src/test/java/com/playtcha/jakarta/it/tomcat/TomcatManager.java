package com.playtcha.jakarta.it.tomcat;

import com.playtcha.jakarta.it.arquillian.ManagedServer;
import com.playtcha.jakarta.it.server.TestRequest;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.PlatformManagedObject;
import java.lang.management.RuntimeMXBean;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.jspecify.annotations.Nullable;

/** What Tomcat says of itself: its manager application, and its JVM over JMX. */
final class TomcatManager {
    private TomcatManager() {}

    /** Applications that were stopped and whose class loaders are still there after a full collection. */
    static String findLeaks() {
        URI uri = ManagedServer.current().url().resolve("/manager/text/findleaks?statusLine=true");
        String credentials = Base64.getEncoder().encodeToString("it:it".getBytes(StandardCharsets.US_ASCII));
        return TestRequest.to("GET", uri)
                .header("Authorization", "Basic " + credentials)
                .send()
                .text();
    }

    /** The names of the threads in Tomcat's process that begin like this. */
    static List<String> threads(String prefix) throws IOException {
        return ask(
                ThreadMXBean.class,
                ManagementFactory.THREAD_MXBEAN_NAME,
                threads -> Stream.of(threads.getThreadInfo(threads.getAllThreadIds()))
                        .filter(Objects::nonNull)
                        .map(ThreadInfo::getThreadName)
                        .filter(name -> name.startsWith(prefix))
                        .toList());
    }

    /** A system property of Tomcat's process. */
    static @Nullable String systemProperty(String name) throws IOException {
        return ask(
                RuntimeMXBean.class,
                ManagementFactory.RUNTIME_MXBEAN_NAME,
                runtime -> runtime.getSystemProperties().get(name));
    }

    /** The id of Tomcat's process. */
    static long processId() throws IOException {
        return ask(RuntimeMXBean.class, ManagementFactory.RUNTIME_MXBEAN_NAME, RuntimeMXBean::getPid);
    }

    private static <B extends PlatformManagedObject, T> T ask(Class<B> type, String name, Function<B, T> question)
            throws IOException {
        JMXServiceURL url = new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:"
                + ManagedServer.current().property("jmx.port") + "/jmxrmi");
        try (JMXConnector connector = JMXConnectorFactory.connect(url)) {
            return question.apply(
                    ManagementFactory.newPlatformMXBeanProxy(connector.getMBeanServerConnection(), name, type));
        }
    }
}
