package com.playtcha.jakarta.internal.servlet;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The pages of the application that hostile requests are sent to; as a servlet, the one whose path is the init-param
 * {@code page}.
 */
public final class AttackedPages extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    private static final AtomicInteger EFFECTS = new AtomicInteger();

    /** A page. */
    interface Page {
        void serve(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException;
    }

    /** Returns the pages by their patterns. The container guards the first three; {@code /effects} counts what they did. */
    static Map<String, Page> all() {
        Map<String, Page> pages = new TreeMap<>();
        pages.put("/signup", AttackedPages::act);
        pages.put("/account/*", AttackedPages::act);
        pages.put("*.do", AttackedPages::act);
        pages.put("/open", AttackedPages::passOn);
        pages.put("/effects", (request, response) -> response.getWriter().print(EFFECTS.getAndSet(0)));
        return pages;
    }

    @Override
    public void service(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        all().get(getInitParameter("page")).serve(request, response);
    }

    /** Does what only a visitor with a good token may do. */
    private static void act(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!SAFE.contains(request.getMethod())) {
            EFFECTS.incrementAndGet();
        }
        response.getWriter().print("done");
    }

    /** An application's own dispatches, with what a visitor says. */
    private static void passOn(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        String to = request.getParameter("to");
        RequestDispatcher dispatcher = to == null ? null : request.getRequestDispatcher(to);
        if (dispatcher == null) {
            response.getWriter().print("open");
            return;
        }
        switch (String.valueOf(request.getParameter("how"))) {
            case "forward" -> dispatcher.forward(request, response);
            case "include" -> dispatcher.include(request, response);
            case "async" -> request.startAsync().dispatch(to);
            default -> response.sendError(418);
        }
    }
}
