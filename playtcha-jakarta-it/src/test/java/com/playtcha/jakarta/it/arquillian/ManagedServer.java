package com.playtcha.jakarta.it.arquillian;

import com.playtcha.jakarta.it.server.DeployedApplication;
import com.playtcha.jakarta.it.server.ServerLog;
import com.playtcha.jakarta.it.server.SmallWar;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;

/** The server process that Arquillian manages. */
public final class ManagedServer {
    private ManagedServer() {}

    /** An application in it. */
    public static DeployedApplication application(URL url) {
        String text = url.toString();
        URI base = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        return new DeployedApplication(base, log());
    }

    /** One of the small applications in it. */
    public static DeployedApplication application(SmallWar war) {
        URI base = URI.create(System.getProperty("it.server.url") + "/" + war.contextName());
        return new DeployedApplication(base, log());
    }

    /** Its log. */
    public static ServerLog log() {
        return new ServerLog(Path.of(System.getProperty("it.server.log")));
    }
}
