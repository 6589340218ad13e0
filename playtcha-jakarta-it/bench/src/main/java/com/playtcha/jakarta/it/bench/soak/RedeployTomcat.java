package com.playtcha.jakarta.it.bench.soak;

import com.playtcha.jakarta.it.bench.guard.Children;
import java.nio.file.Files;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.startup.HostConfig;
import org.apache.catalina.startup.Tomcat;

/** Tomcat that deploys what lies in a folder, and undeploys what is no longer there, as one that is installed. */
final class RedeployTomcat {
    private RedeployTomcat() {}

    /** Takes the folder; prints its port and serves until its standard input ends. */
    public static void main(String[] args) throws Exception {
        Children.endWithInput();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("soak-tomcat").toString());
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("maxThreads", "100");
        connector.setProperty("minSpareThreads", "100");
        tomcat.setConnector(connector);
        StandardHost host = (StandardHost) tomcat.getHost();
        host.setAppBase(args[0]);
        host.addLifecycleListener(new HostConfig());
        tomcat.getEngine().setBackgroundProcessorDelay(1);
        tomcat.start();
        Children.print(connector.getLocalPort());
        tomcat.getServer().await();
    }
}
