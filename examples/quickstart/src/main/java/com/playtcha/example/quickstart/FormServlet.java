package com.playtcha.example.quickstart;

import com.playtcha.jakarta.PlaytchaAttributes;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** The sign-up form. Anyone may see it: a filter lets a GET pass, and says whether the form needs the widget. */
public class FormServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final String LETTERS = "bcdfghjkmnpqrstvwxz";

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Html widget = Boolean.FALSE.equals(request.getAttribute(PlaytchaAttributes.REQUIRED))
                ? Pages.part(request, "exempt", Map.of("address", request.getRemoteAddr()))
                : Pages.part(request, "widget", choices(request));
        String form = request.getServletPath().isEmpty() ? "/signup" : request.getServletPath();
        Pages.write(
                request,
                response,
                "form",
                "Sign up",
                Map.of("widget", widget, "action", request.getContextPath() + form));
    }

    private static Map<String, Object> choices(HttpServletRequest request) {
        String unique = unique();
        Map<String, Object> values = new HashMap<>();
        values.put("base", request.getContextPath());
        for (TokenChoice.Group group : TokenChoice.Group.values()) {
            values.put(
                    group.name().toLowerCase(Locale.ROOT),
                    Html.join(Arrays.stream(TokenChoice.values())
                            .filter(choice -> choice.group() == group)
                            .map(choice -> choice.radio(unique))
                            .toList()));
        }
        values.put("again", TokenChoice.again(lastToken(request)));
        return values;
    }

    /** Only what this page itself hands out: letters, digits and hyphens. */
    private static String lastToken(HttpServletRequest request) {
        String last = request.getParameter("last");
        return last != null && last.matches("[A-Za-z0-9-]{1,64}") ? last : "";
    }

    private static String unique() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        StringBuilder unique = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            unique.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return unique.toString();
    }
}
