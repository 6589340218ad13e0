package com.playtcha.example.microprofile;

import jakarta.ws.rs.core.Response;
import java.util.Map;

/** The one page that this application writes by itself: a heading, a sentence, and what the guard said. */
final class Page {
    static final String TYPE = "text/html;charset=UTF-8";

    private static final String HTML = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>%1$s · Playtcha by settings</title>
            <link rel="stylesheet" href="%5$sstyle.css">
            </head>
            <body>
            <header>
              <nav aria-label="Pages">
                <a href="%5$ssignup.html">Sign up</a>
                <a href="%5$snewsletter.html">Newsletter</a>
                <a href="%5$smessage.html">Message</a>
              </nav>
            </header>
            <main>
            <h1>%1$s</h1>
            <p>%2$s</p>
            %3$s%4$s</main>
            </body>
            </html>
            """;

    private Page() {}

    /**
     * A page below {@code /api}.
     *
     * @param back the form to return to, or empty
     */
    static Response of(int status, String heading, String text, String back, Map<String, ?> details) {
        return Response.status(status)
                .type(TYPE)
                .header("Cache-Control", "no-store")
                .entity(html(heading, text, back, details))
                .build();
    }

    /** Its markup. The resources, and the servlet that they are forwarded to, are one folder below the style sheet. */
    static String html(String heading, String text, String back, Map<String, ?> details) {
        String link = back.isEmpty() ? "" : "<p><a href=\"../" + escape(back) + "\">Back to the form</a></p>\n";
        return HTML.formatted(escape(heading), escape(text), link, table(details), "../");
    }

    private static String table(Map<String, ?> details) {
        if (details.isEmpty()) {
            return "";
        }
        StringBuilder table = new StringBuilder("""
                <section class="details" aria-labelledby="details">
                <h2 id="details">What the guard said</h2>
                <dl>
                """);
        details.forEach((name, value) -> table.append("<dt>")
                .append(escape(name))
                .append("</dt><dd>")
                .append(escape(String.valueOf(value)))
                .append("</dd>\n"));
        return table.append("</dl>\n</section>\n").toString();
    }

    /** Text, safe between tags and inside quoted attributes. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
