package com.playtcha.example.tomcat;

import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** What a visitor typed in, and what is wrong with it. Browsers check too, but a POST need not come from one. */
final class Fields {
    private static final Pattern EMAIL = Pattern.compile("[^@\\s\\p{Cntrl}]+@[^@\\s\\p{Cntrl}]+\\.[^@.\\s\\p{Cntrl}]+");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private final HttpServletRequest request;
    private final Map<String, String> problems = new LinkedHashMap<>();

    Fields(HttpServletRequest request) {
        this.request = request;
    }

    /** The name; a problem where it is blank, too long, or no name. */
    String name() {
        String name = text("name");
        if (name.isEmpty()) {
            problems.put("name", "Please enter your name.");
        } else if (name.codePointCount(0, name.length()) > 80) {
            problems.put("name", "Please enter at most 80 characters.");
        } else if (CONTROL.matcher(name).find()) {
            problems.put("name", "Please enter a name on one line.");
        }
        return name;
    }

    /** The e-mail address; a problem where it cannot be one. */
    String email() {
        String email = text("email");
        if (email.length() > 254 || !EMAIL.matcher(email).matches()) {
            problems.put("email", "Please enter an e-mail address, such as ada@example.org.");
        }
        return email;
    }

    /** What is to be said beside each field, by its name; empty if all is well. */
    Map<String, String> problems() {
        return problems;
    }

    private String text(String parameter) {
        String text = request.getParameter(parameter);
        return text == null ? "" : text.strip();
    }
}
