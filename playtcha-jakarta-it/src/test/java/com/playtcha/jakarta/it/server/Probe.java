package com.playtcha.jakarta.it.server;

import com.playtcha.jakarta.it.probe.ProbeServlet;
import java.util.List;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** What a second application sees of the process that a server runs in. */
public final class Probe {
    /** Of its application. */
    public static final String NAME = "probe";

    /** Enum constants are as alive as their class, and so as the application's class loader. */
    private static final String OUTCOME = "com.playtcha.jakarta.Outcome";

    private final DeployedApplication probe;

    /** That application, deployed. */
    public Probe(DeployedApplication probe) {
        this.probe = probe;
    }

    /** Its WAR, which has nothing of the library. */
    public static WebArchive war() {
        WebXml xml = new WebXml().servlet("probe", ProbeServlet.class, "/pid", "/java-home", "/threads", "/classes");
        return ShrinkWrap.create(WebArchive.class, NAME + ".war")
                .addPackage(ProbeServlet.class.getPackage())
                .setWebXML(new StringAsset(xml.toString()));
    }

    /** The id of the process. */
    public long processId() {
        return Long.parseLong(ask("/pid"));
    }

    /** The JDK that it runs on. */
    public String javaHome() {
        return ask("/java-home");
    }

    /** The library's threads, by their names. */
    public List<String> ownThreads() {
        return ask("/threads")
                .lines()
                .filter(name -> name.startsWith("playtcha-"))
                .toList();
    }

    /** Whether classes of the library are in memory still, after a full collection. */
    public boolean hasOwnClasses() {
        return ask("/classes").lines().anyMatch(line -> line.contains(" " + OUTCOME));
    }

    private String ask(String question) {
        Answer answer = probe.get(question).send();
        if (answer.status() != 200) {
            throw new AssertionError(answer);
        }
        return answer.text();
    }
}
