package com.playtcha.example.inbox.launcher;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * The service's and the database's switches, as a piece of the application's page, and where the application sends its
 * tasks. What is written into markup is this launcher's own: words and numbers.
 */
final class PanelServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final int MAX_OUTAGE = 120;

    private final transient Service service;
    private final transient Database database;
    private final transient Outages outages;

    PanelServlet(Service service, Database database, Outages outages) {
        this.service = service;
        this.database = database;
        this.outages = outages;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!"/panel".equals(request.getServletPath())) {
            response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
            return;
        }
        response.setContentType("text/html;charset=UTF-8");
        response.setHeader("Cache-Control", "no-store");
        StringBuilder html = new StringBuilder("""
                <section class="card" aria-labelledby="service-title">
                <h2 id="service-title">The stand-in for the service, and the database</h2>
                <div class="columns">
                <form method="post" action="/service/rates" class="sliders" data-set-once>
                """);
        for (Fault fault : Fault.values()) {
            html.append("""
                    <label for="rate-%1$s">%2$s</label>
                    <input id="rate-%1$s" type="range" name="%1$s" min="0" max="100" step="1" value="%3$d">
                    <output for="rate-%1$s">%3$d %%</output>
                    """.formatted(fault.key(), fault.label, service.rate(fault)));
        }
        html.append("<button class=\"small quiet\" data-set>Set</button>\n</form>\n<div class=\"stack\">\n");
        long away = database.away().toSeconds();
        html.append("""
                <form method="post" action="/service/database"><input type="hidden" name="seconds" value="8">
                <button class="danger">Take the database away for 8 s</button></form>
                <form method="post" action="/service/outages" class="check" data-set-once>
                <input id="outages" type="checkbox" name="on" %s><label for="outages">do so every 45 s</label>
                <button class="small quiet" data-set>Set</button></form>
                <p class="hint">%s</p>
                <dl class="figures">
                """.formatted(
                        outages.isOn() ? "checked" : "",
                        database.away().isZero() ? "It works." : "It is back in " + (away + 1) + " s."));
        service.counts()
                .forEach((name, count) -> html.append("<div><dt>")
                        .append(name)
                        .append("</dt><dd>")
                        .append(count)
                        .append("</dd></div>\n"));
        response.getWriter().append(html).append("</dl>\n</div>\n</div>\n</section>\n");
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            switch (request.getServletPath()) {
                case "/tasks" -> {
                    response.setContentType("text/plain;charset=UTF-8");
                    response.getWriter().write(service.create());
                    return;
                }
                case "/rates" -> setRates(request);
                case "/database" -> database.takeAway(Duration.ofSeconds(number(request, "seconds", MAX_OUTAGE)));
                case "/outages" -> outages.set(request.getParameter("on") != null);
                default -> {
                    response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
                    return;
                }
            }
        } catch (IllegalArgumentException e) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST);
            return;
        }
        response.setStatus(HttpServletResponse.SC_SEE_OTHER);
        response.setHeader("Location", "/");
    }

    private void setRates(HttpServletRequest request) {
        Map<Fault, Integer> wanted = new EnumMap<>(Fault.class);
        for (Fault fault : Fault.values()) {
            if (request.getParameter(fault.key()) != null) {
                wanted.put(fault, number(request, fault.key(), 100));
            }
        }
        wanted.forEach(service::setRate);
    }

    private static int number(HttpServletRequest request, String name, int most) {
        String value = request.getParameter(name);
        if (value == null || !value.matches("[0-9]{1,3}") || Integer.parseInt(value) > most) {
            throw new IllegalArgumentException(name + " is a number from 0 to " + most);
        }
        return Integer.parseInt(value);
    }
}
