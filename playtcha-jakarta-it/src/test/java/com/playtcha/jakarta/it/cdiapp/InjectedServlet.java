package com.playtcha.jakarta.it.cdiapp;

import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.Verification;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Does what the last part of the path says, with the token of parameter {@code token}, and reports what came of it. */
public class InjectedServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** Not injected: a bare container does not know that CDI is there. */
    private static <T> T bean(Class<T> type) {
        return CDI.current().select(type).get();
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        Map<String, String> report = new TreeMap<>(Map.of("page", "application"));
        String path = request.getRequestURI();
        String token = request.getParameter("token");
        try {
            act(path.substring(path.lastIndexOf('/') + 1), token, request.getParameter("guard"), report);
        } catch (PlaytchaDeniedException denied) {
            report.put("denied.guard", denied.getGuard());
            verification("denied", denied.getVerification(), report);
        } catch (IllegalStateException refused) {
            report.put("illegal-state", String.valueOf(refused.getMessage()));
        } catch (ClassNotFoundException | ExecutionException | TimeoutException | InterruptedException e) {
            throw new ServletException(e);
        }
        for (String name : Collections.list(request.getAttributeNames())) {
            if (name.startsWith("playtcha.")) {
                report.put("attribute." + name, String.valueOf(request.getAttribute(name)));
            }
        }
        write(report, response);
    }

    private void act(String what, @Nullable String token, String guard, Map<String, String> report)
            throws IOException, ClassNotFoundException, ExecutionException, TimeoutException, InterruptedException {
        switch (what) {
            case "verify" ->
                verification("verified", bean(Verifiers.class).of(guard).verify(token), report);
            case "later" ->
                verification(
                        "verified",
                        bean(Verifiers.class)
                                .of(guard)
                                .verifyAsync(token)
                                .toCompletableFuture()
                                .get(60, TimeUnit.SECONDS),
                        report);
            case "moved" ->
                verification("verified", bean(Verifiers.class).moved(guard).verify(token), report);
            case "closed" -> report.put("result", bean(SignUp.class).closed(token));
            case "open" -> report.put("result", bean(SignUp.class).open(token));
            case "watched" -> report.put("result", bean(SignUp.class).watched(token));
            case "without-token" -> report.put("result", bean(SignUp.class).closedWithoutToken());
            case "twice" ->
                report.put(
                        "result",
                        bean(SignUp.class).open(token)
                                + bean(SignUp.class).closed(token)
                                + bean(SignUp.class).closedWithoutToken());
            case "events" ->
                bean(Audit.class).counts().forEach((name, count) -> report.put(name, Integer.toString(count)));
            default -> {}
        }
        if (!what.equals("events")) {
            current(report);
        }
    }

    private void current(Map<String, String> report) {
        try {
            verification("current", bean(SignUp.class).verification(), report);
        } catch (IllegalStateException none) {
            report.put("no-current", String.valueOf(none.getMessage()));
        }
    }

    private static void verification(String name, @Nullable Verification verification, Map<String, String> report) {
        if (verification != null) {
            report.put(name + ".outcome", verification.getOutcome().name());
            report.put(name + ".reason", verification.getReason().getLabel());
            report.put(name + ".allowed", Boolean.toString(verification.isAllowed()));
        }
    }

    private static void write(Map<String, String> report, HttpServletResponse response) throws IOException {
        StringBuilder text = new StringBuilder();
        report.forEach((name, value) -> text.append(URLEncoder.encode(name, StandardCharsets.UTF_8))
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8))
                .append('\n'));
        response.setContentType("text/x-report");
        response.getOutputStream().write(text.toString().getBytes(StandardCharsets.US_ASCII));
    }
}
