package com.playtcha.jakarta.it.bench.soak;

import com.playtcha.jakarta.it.bench.Report;
import com.playtcha.jakarta.it.bench.guard.Children;
import com.playtcha.jakarta.it.bench.late.WildFlyServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.catalina.util.ServerInfo;
import org.h2.engine.Constants;

/**
 * Runs the mixed load and the redeployments; ends with 1 if a decision was wrong, something acknowledged was lost, a figure
 * grows, or a class loader is left. Takes the minutes, visitors a second, seed, and numbers of redeployments on Tomcat and
 * WildFly.
 */
public final class Main {
    /** For Tomcat, which looks for leaks when an application ends. */
    private static final List<String> OPENED = List.of(
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.rmi/sun.rmi.transport=ALL-UNNAMED");

    private Main() {}

    public static void main(String[] args) throws Exception {
        double minutes = Double.parseDouble(args[0]);
        int perSecond = Integer.parseInt(args[1]);
        long seed = Long.parseLong(args[2]);
        int redeployments = Integer.parseInt(args[3]);
        int onWildFly = Integer.parseInt(args[4]);
        Report report = new Report("soak", "Mixed load and redeployments")
                .ranOn(Map.of("Tomcat", ServerInfo.getServerNumber(), "H2", Constants.VERSION))
                .text("`mvn -Psoak` makes it again; `-Dsoak.minutes=" + args[0] + " -Dsoak.rate=" + perSecond
                        + " -Dsoak.redeployments=" + redeployments + "` were its parameters.");
        List<String> failures = new ArrayList<>();
        if (minutes > 0) {
            failures.addAll(new Soak(minutes, perSecond, seed).run(report));
        }
        // What comes next may fail, and an hour's figures would be lost with it.
        report.write();
        if (redeployments > 0) {
            List<List<String>> table = new ArrayList<>();
            try (Children children = new Children(Path.of("target", "soak-redeployments.log"))) {
                Path folder = Files.createTempDirectory("soak-webapps").resolve("webapps");
                Files.createDirectory(folder);
                int port = Integer.parseInt(children.start(List.of(), RedeployTomcat.class, OPENED, folder.toString()));
                failures.addAll(new Redeployments("Tomcat", folder, port, Redeployments.MORE_LIBRARIES)
                        .run(redeployments, table));
            }
            if (onWildFly > 0) {
                failures.addAll(redeployOnWildFly(onWildFly, table));
            }
            report.heading("Redeployments")
                    .text(
                            "A WAR with the library, its dependencies and H2 is put into the server's folder and taken away"
                                    + " again. Between, a visitor is verified, one is refused, one is let in without a verdict, and a"
                                    + " callback is acknowledged; what is not handled by then is handled by a later deployment. Class"
                                    + " loaders are counted by weak references, after full collections, and the one that is deployed"
                                    + " is left out. Pairs are the tenth deployment and the last.")
                    .table(
                            List.of(
                                    "Server",
                                    "deployments",
                                    "class loaders left",
                                    "threads of the library",
                                    "all threads",
                                    "loaded classes",
                                    "heap, MB",
                                    "callbacks / late verdicts, all handled"),
                            table);
        }
        report.write();
        failures.forEach(failure -> System.err.println("soak: " + failure));
        System.exit(failures.isEmpty() ? 0 : 1);
    }

    private static List<String> redeployOnWildFly(int count, List<List<String>> table) throws Exception {
        try (WildFlyServer wildFly = WildFlyServer.start()) {
            return new Redeployments("WildFly", wildFly.deployments(), wildFly.port(), Redeployments.LIBRARIES)
                    .run(count, table);
        }
    }
}
