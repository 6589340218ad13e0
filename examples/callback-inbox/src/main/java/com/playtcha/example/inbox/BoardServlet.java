package com.playtcha.example.inbox;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The page; the part of it that moves; and the same as JSON. */
public class BoardServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        State state = State.of(Inbox.of(getServletContext()));
        response.setHeader("Cache-Control", "no-store");
        if (request.getServletPath().equals("/state.json")) {
            response.setContentType("application/json");
            response.setCharacterEncoding("UTF-8");
            response.getWriter().write(StateJson.of(state));
            return;
        }
        Html moving = Markup.of(state, request.getContextPath(), Pages.of(request));
        response.setContentType("text/html;charset=UTF-8");
        response.getWriter()
                .write(request.getServletPath().equals("/board") ? moving.markup() : page(request, state, moving));
    }

    private String page(HttpServletRequest request, State state, Html moving) throws IOException {
        return Html.fill(
                        template(),
                        Map.of(
                                "base", request.getContextPath(),
                                "pages", Pages.of(request).query(),
                                "failing", state.failing(),
                                "givingUp", state.givingUp(),
                                "trickling", new Html(state.trickling() ? "checked" : ""),
                                "panel", panel(),
                                "moving", moving))
                .markup();
    }

    /** Where the launcher's stand-in has its switches; nothing of the kind on a server of your own. */
    private Html panel() {
        String address = getServletContext().getInitParameter("inbox.panel");
        return address == null
                ? Html.NONE
                : Html.fill(
                        "<div data-live=\"{address}\" data-every=\"1500\">"
                                + "<p><a href=\"{address}\">The switches of the stand-in</a></p></div>",
                        Map.of("address", address));
    }

    private String template() throws IOException {
        String path = "/WEB-INF/pages/board.html";
        try (InputStream page = getServletContext().getResourceAsStream(path)) {
            if (page == null) {
                throw new FileNotFoundException(path);
            }
            return new String(page.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
