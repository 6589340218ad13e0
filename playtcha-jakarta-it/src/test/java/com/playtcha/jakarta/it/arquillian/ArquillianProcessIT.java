package com.playtcha.jakarta.it.arquillian;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.it.server.ListeningPorts;
import com.playtcha.jakarta.it.server.Probe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URL;
import java.nio.file.Path;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

/** That the other tests here speak of the server they mean. */
@Tag("managed")
@ExtendWith(ArquillianExtension.class)
class ArquillianProcessIT {
    @ArquillianResource
    private URL url;

    @Deployment(testable = false)
    static WebArchive probeWar() {
        return Probe.war();
    }

    @Test
    void serverHasAProcessOfItsOwnOnThisJdk() throws IOException {
        assertThat(Path.of(probe().javaHome()).toRealPath())
                .isEqualTo(Path.of(System.getProperty("java.home")).toRealPath());
        assertThat(probe().processId()).isNotEqualTo(ProcessHandle.current().pid());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void serverListensOnTheLoopbackAddressOnly() throws IOException {
        assertThat(InetAddress.getByName(url.getHost()).isLoopbackAddress()).isTrue();
        ListeningPorts ports = ListeningPorts.of(probe().processId());

        assertThat(ports.onLoopback()).contains(url.getPort());
        assertThat(ports.elsewhere()).hasSize(ManagedServer.current().portsOfTheJvm());
    }

    private Probe probe() {
        return new Probe(ManagedServer.current().application(url));
    }
}
