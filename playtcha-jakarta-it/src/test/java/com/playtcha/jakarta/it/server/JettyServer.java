package com.playtcha.jakarta.it.server;

import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/**
 * One WAR in an embedded Jetty 12 on 127.0.0.1 and any free port, with the annotations module, so that the library's
 * ServletContainerInitializer runs. The application sees the JDK, the Servlet API and what it brings itself.
 */
public final class JettyServer implements AutoCloseable {
    private final Server server;
    private final ServerConnector connector;
    private final ContextHandler context;

    private JettyServer(Server server, ServerConnector connector, ContextHandler context) {
        this.server = server;
        this.connector = connector;
        this.context = context;
    }

    /**
     * Starts a server with this application in it.
     *
     * @param war written to a file first, which Jetty unpacks
     * @return a running server
     * @throws Exception whatever refuses the application
     */
    public static JettyServer start(WebArchive war) throws Exception {
        Path work = Wars.workDirectory("jetty");
        File file = work.resolve(war.getName()).toFile();
        war.as(ZipExporter.class).exportTo(file);

        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setPort(0);
        server.addConnector(connector);

        ContextHandler context = JettyContexts.chosen().apply(file.getAbsolutePath());
        context.setContextPath("/" + war.getName().replace(".war", ""));
        context.setTempDirectory(work.resolve("unpacked").toFile());
        server.setHandler(context);

        JettyServer started = new JettyServer(server, connector, context);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(new ServerClassLoader(JettyServer.class.getClassLoader()));
        try {
            server.start();
        } catch (Throwable e) {
            started.close();
            throw e;
        } finally {
            thread.setContextClassLoader(before);
        }
        return started;
    }

    /** The application as it is seen from outside. */
    public DeployedApplication application() {
        URI url = URI.create("http://127.0.0.1:" + connector.getLocalPort() + context.getContextPath());
        return new DeployedApplication(url, ServerLog.ofEmbeddedServers());
    }

    /** The application's class loader. */
    public ClassLoader applicationClassLoader() {
        return context.getClassLoader();
    }

    /** Ends the application; the server goes on. */
    public void undeploy() throws Exception {
        context.stop();
    }

    @Override
    public void close() throws Exception {
        server.stop();
    }
}
