package com.playtcha.example.microprofile;

import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.regex.Pattern;

/** What a visitor typed in. Browsers check too, but a POST need not come from one. */
final class Fields {
    private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}]{1,80}");
    private static final Pattern EMAIL = Pattern.compile("[^@\\s\\p{Cntrl}]+@[^@\\s\\p{Cntrl}]+\\.[^@.\\s\\p{Cntrl}]+");

    private Fields() {}

    static boolean isName(String text) {
        return !text.isBlank() && NAME.matcher(text.strip()).matches();
    }

    static boolean isEmail(String text) {
        return text.length() <= 254 && EMAIL.matcher(text).matches();
    }

    /** The token is spent: the form has to be opened anew, with a fresh run of the widget. */
    static Response refused(String form) {
        return Page.of(
                422,
                "Please look at the form again",
                "It needs a name, where it asks for one, and an e-mail address such as ada@example.org.",
                form,
                Map.of());
    }
}
