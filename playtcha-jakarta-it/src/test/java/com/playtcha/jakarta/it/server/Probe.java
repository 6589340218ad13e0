package com.playtcha.jakarta.it.server;

import com.playtcha.jakarta.it.leak.LeakMarker;
import com.playtcha.jakarta.it.probe.ProbeServlet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** What a second application sees of the process that a server runs in. */
public final class Probe {
    /** Of its application. */
    public static final String NAME = "probe";

    private static final int CROWD = 100;

    private final DeployedApplication probe;

    /** That application, deployed. */
    public Probe(DeployedApplication probe) {
        this.probe = probe;
    }

    /** Its WAR, which has nothing of the library. */
    public static WebArchive war() {
        WebXml xml = new WebXml()
                .servlet("probe", ProbeServlet.class, "/pid", "/java-home", "/threads", "/crowd", "/classes");
        return ShrinkWrap.create(WebArchive.class, NAME + ".war")
                .addPackage(ProbeServlet.class.getPackage())
                .setWebXML(new StringAsset(xml.toString()));
    }

    /** Adds what {@link #seesMark} looks for, once {@code /mark} was visited. */
    public static WebArchive marked(WebArchive war) {
        return war.addPackage(LeakMarker.class.getPackage());
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

    /** Whether an application {@link #marked} is in memory still, after a full collection. */
    public boolean seesMark() {
        return ask("/classes").lines().anyMatch(line -> line.contains(" " + LeakMarker.class.getName()));
    }

    /**
     * Has every request thread answer something at once, as far as a crowd can. A thread of WildFly's keeps what its first
     * request was about for as long as it lives, and the class loader of the last one until the next: to be called
     * before the application that is to be freed is deployed, and after it was undeployed.
     */
    public void busyEveryThread() {
        String crowdName = "/crowd?" + System.nanoTime();
        List<CompletableFuture<TestResponse>> crowd = IntStream.range(0, CROWD)
                .mapToObj(i -> probe.get(crowdName).sendAsync())
                .toList();
        crowd.forEach(CompletableFuture::join);
    }

    private String ask(String question) {
        TestResponse answer = probe.get(question).send();
        if (answer.status() != 200) {
            throw new AssertionError(answer);
        }
        return answer.text();
    }
}
