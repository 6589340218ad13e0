package com.playtcha.jakarta.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.StandaloneGuards;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import java.io.IOException;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.rmi.server.RMIClientSocketFactory;
import java.rmi.server.RMIServerSocketFactory;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import javax.management.remote.rmi.RMIConnectorServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guards as an operator's tool sees them, over a JMX connection (contract, section 9). */
class GuardJmxTest {
    private static final ApplicationBeans NO_BEANS = new ApplicationBeans() {
        @Override
        public <T> T find(Class<T> type) {
            return null;
        }
    };

    private JMXConnectorServer server;
    private JMXConnector connector;
    private MBeanServerConnection connection;

    @TempDir
    Path folder;

    /** Keeps the connection on this machine. */
    private static final class Loopback implements RMIClientSocketFactory, RMIServerSocketFactory, Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return new Socket(InetAddress.getLoopbackAddress(), port);
        }

        @Override
        public ServerSocket createServerSocket(int port) throws IOException {
            return new ServerSocket(port, 0, InetAddress.getLoopbackAddress());
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Loopback;
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    @BeforeEach
    void connect() throws Exception {
        Loopback loopback = new Loopback();
        server = JMXConnectorServerFactory.newJMXConnectorServer(
                new JMXServiceURL("service:jmx:rmi://"),
                Map.of(
                        RMIConnectorServer.RMI_CLIENT_SOCKET_FACTORY_ATTRIBUTE, loopback,
                        RMIConnectorServer.RMI_SERVER_SOCKET_FACTORY_ATTRIBUTE, loopback),
                ManagementFactory.getPlatformMBeanServer());
        server.start();
        connector = JMXConnectorFactory.connect(server.getAddress());
        connection = connector.getMBeanServerConnection();
    }

    @AfterEach
    void disconnect() throws Exception {
        connector.close();
        server.stop();
    }

    private Map<String, Object> guard(String application, String name) throws Exception {
        ObjectName bean =
                new ObjectName("com.playtcha.jakarta:type=Guard,application=" + application + ",name=" + name);
        String[] names = Arrays.stream(connection.getMBeanInfo(bean).getAttributes())
                .map(MBeanAttributeInfo::getName)
                .toArray(String[]::new);
        return connection.getAttributes(bean, names).asList().stream()
                .collect(Collectors.toMap(each -> each.getName(), each -> each.getValue()));
    }

    private Set<ObjectName> guards() throws Exception {
        return connection.queryNames(new ObjectName("com.playtcha.jakarta:type=Guard,*"), null);
    }

    @Test
    void eachGuardHasItsFigures() throws Exception {
        try (ScriptedRun run = new ScriptedRun(NO_BEANS, folder).run()) {
            assertThat(guards()).hasSize(2);
            assertThat(guard("/shop", "default"))
                    .containsEntry("Verified", 2L)
                    .containsEntry("Rejected", 2L)
                    .containsEntry("NoToken", 1L)
                    .containsEntry("Unavailable", 1L)
                    .containsEntry("AllowedUnverified", 1L)
                    .containsEntry("Throttled", 2L)
                    .containsEntry("Overloaded", 0L)
                    .containsEntry("Disabled", 0L)
                    .containsEntry("Denied", 5L)
                    .containsEntry("Active", 0)
                    .containsEntry("Limit", 64)
                    .containsEntry("Breaker", "closed")
                    .containsEntry("ThrottleWindow", true)
                    .hasEntrySatisfying(
                            "DurationMillis", sum -> assertThat((Long) sum).isPositive());
            assertThat(guard("/shop", "payout"))
                    .containsEntry("Unavailable", 11L)
                    .containsEntry("AllowedUnverified", 0L)
                    .containsEntry("Breaker", "open")
                    .containsEntry("ThrottleWindow", false);
        }
        assertThat(guards()).as("after the end").isEmpty();
    }

    @Test
    void figuresAreThereWithoutMetricsAndWithoutAContainer() throws Exception {
        try (PlaytchaStandIn playtcha = PlaytchaStandIn.start();
                StandaloneGuards guards = PlaytchaGuards.open(Map.of(
                        "base-url",
                        playtcha.baseUrl().toString(),
                        "secret",
                        playtcha.secret(),
                        "metrics",
                        "false",
                        "breaker",
                        "false"))) {
            guards.verifier().verify("ok-1");
            assertThat(guard("standalone", "default"))
                    .containsEntry("Verified", 1L)
                    .containsEntry("Breaker", "off");
        }
        assertThat(guards()).isEmpty();
    }
}
