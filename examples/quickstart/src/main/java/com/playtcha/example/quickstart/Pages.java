package com.playtcha.example.quickstart;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Writes a page of {@code WEB-INF/pages} inside the layout they share. */
final class Pages {
    private Pages() {}

    /**
     * Writes a page.
     *
     * @param name of the file, without {@code .html}
     * @param title of the window
     * @param values what the page has places for
     */
    static void write(
            HttpServletRequest request, HttpServletResponse response, String name, String title, Map<String, ?> values)
            throws IOException {
        ServletContext context = request.getServletContext();
        Map<String, Object> all = new HashMap<>(values);
        all.put("base", context.getContextPath());
        Html content = part(request, name, all);
        Html page = Html.fill(
                read(context, "layout"), Map.of("title", title, "base", context.getContextPath(), "content", content));
        response.setContentType("text/html;charset=UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.getWriter().write(page.markup());
    }

    /** Returns a page without the layout, as a part of another. */
    static Html part(HttpServletRequest request, String name, Map<String, ?> values) throws IOException {
        return Html.fill(read(request.getServletContext(), name), values);
    }

    private static String read(ServletContext context, String name) throws IOException {
        String path = "/WEB-INF/pages/" + name + ".html";
        try (InputStream page = context.getResourceAsStream(path)) {
            if (page == null) {
                throw new FileNotFoundException(path);
            }
            return new String(page.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
