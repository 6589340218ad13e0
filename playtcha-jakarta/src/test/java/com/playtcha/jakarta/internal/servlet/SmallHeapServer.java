package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumSet;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An application in Tomcat in a process of its own, whose heap is limited. Writes its port to a file. */
final class SmallHeapServer {
    private static final Queue<AsyncContext> HELD = new ConcurrentLinkedQueue<>();

    private SmallHeapServer() {}

    public static void main(String[] args) throws IOException {
        PlaytchaStandIn playtcha = PlaytchaStandIn.start();
        TomcatApp app = new TomcatApp()
                .initialized()
                .filter(
                        "playtcha",
                        TestApp.params(playtcha, "token-json-pointer", "/playtchaToken"),
                        EnumSet.of(DispatcherType.REQUEST),
                        "/signup",
                        "/held")
                .servlet("/signup", (request, response) -> response.getWriter().print("signed up"))
                .servlet("/open", (request, response) -> response.getWriter().print("open"))
                .servlet("/held", (request, response) -> HELD.add(hold(request)))
                .servlet(
                        "/held-number",
                        (request, response) -> response.getWriter().print(HELD.size()))
                .servlet("/go-on", (request, response) -> {
                    HELD.forEach(AsyncContext::complete);
                    HELD.clear();
                })
                .start();
        Path written = Files.writeString(Path.of(args[0] + ".new"), Integer.toString(app.port()));
        Files.move(written, Path.of(args[0]), StandardCopyOption.ATOMIC_MOVE);
        // Until the process that started this one ends.
        System.in.readAllBytes();
        System.exit(0);
    }

    private static AsyncContext hold(HttpServletRequest request) {
        AsyncContext context = request.startAsync();
        context.setTimeout(0);
        return context;
    }
}
