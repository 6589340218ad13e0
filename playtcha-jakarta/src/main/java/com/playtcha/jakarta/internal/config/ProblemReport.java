package com.playtcha.jakarta.internal.config;

import com.playtcha.jakarta.internal.config.ExternalConfig.ConfigValue;
import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.internal.util.Redaction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Collects problems and warnings, one sentence each, equal ones once. It masks the secrets that were added first, wherever
 * they occur, because people set a secret under a wrong key. Not thread-safe.
 */
final class ProblemReport {
    private static final String HIDDEN = "(not shown)";

    private static final int MAX_SHOWN = 200;

    /** Scheme, user-info, host with port and path, and the rest. What follows another colon may be a password. */
    private static final Pattern URL = Pattern.compile(
            "([A-Za-z][A-Za-z0-9_+.-]*://)(.*@)?"
                    + "((?:\\[[^\\]/]*\\]|[^/:?#\\[]*)(?::[0-9]+(?=[/?#]|$))?(?:/[^:?#]*)?)([:?#]?)(.*)",
            Pattern.DOTALL);

    /** The host of a URL without a proper scheme. A secret does not end in the name of a domain and a port. */
    private static final Pattern HOST = Pattern.compile("((?:[a-z]{2,6}:?/{1,2}|//)?"
            + "(?:localhost|[0-9]{1,3}(?:\\.[0-9]{1,3}){3}|(?:[a-z0-9][a-z0-9-]{0,30}\\.){1,5}[a-z]{2,15})"
            + "(?::[0-9]{1,5})?/?)([/?#].*)?");

    private static final Pattern PASSWORD = Pattern.compile("//[^:/]*:(.*)@", Pattern.DOTALL);

    /** Where the application's settings are written besides, unless it is MicroProfile Config. */
    final @Nullable ExternalConfig framework;

    private final List<String> secrets;
    private final Set<String> problems = new LinkedHashSet<>();
    private final Set<String> warnings = new LinkedHashSet<>();

    ProblemReport() {
        this((ExternalConfig) null);
    }

    ProblemReport(@Nullable ExternalConfig framework) {
        this.framework = framework;
        secrets = new ArrayList<>();
    }

    /** Creates an empty report that masks the same secrets as another. */
    ProblemReport(ProblemReport other) {
        framework = other.framework;
        secrets = other.secrets;
    }

    void addSecret(String secret) {
        for (String form : List.of(secret, secret.strip())) {
            if (!form.isEmpty() && !Parsers.isOff(form) && !secrets.contains(form)) {
                secrets.add(form);
            }
        }
        // A secret may be part of a longer one.
        secrets.sort(Comparator.comparingInt(String::length).reversed());
    }

    /** Adds the password of a URL with user-info. */
    void addPassword(String url) {
        Matcher matcher = PASSWORD.matcher(url);
        if (matcher.find()) {
            addSecret(matcher.group(1));
        }
    }

    /** Adds a sentence that starts with a code, which is never used again for anything else. */
    void problem(String sentence) {
        problems.add(sentence);
    }

    void warning(String sentence) {
        warnings.add(sentence);
    }

    void invalid(String code, Setting<?> setting, ConfigValue value, String reason) {
        problem(code + ": " + describe(setting, value) + ": " + reason + "; allowed is " + setting.allowedPlain()
                + ".");
    }

    void missing(Setting<?> setting, String what, String user) {
        problem("PLAYTCHA-0001: " + what + ", and " + user + " needs it; " + setting.howToSet(framework)
                + "; allowed is " + setting.allowedPlain() + ".");
    }

    /** Such as {@code timeout = "5" from context-param playtcha.timeout}. */
    String describe(Setting<?> setting, ConfigValue value) {
        // Masked before it is cut, because a part of a secret would not be recognized.
        String shown = shown(setting, mask(String.valueOf(value.text())), HIDDEN);
        String cut = shown.length() > MAX_SHOWN ? shown.substring(0, MAX_SHOWN) + "…" : shown;
        return setting + " = " + (shown.equals(HIDDEN) ? shown : '"' + cut + '"') + " from " + value.origin();
    }

    /** Adds everything of another report, its problems as warnings unless they count as problems. */
    void addAll(ProblemReport other, boolean problemsCount) {
        (problemsCount ? problems : warnings).addAll(other.problems);
        warnings.addAll(other.warnings);
    }

    boolean hasProblems() {
        return !problems.isEmpty();
    }

    List<String> problems() {
        return problems.stream().map(this::printable).toList();
    }

    List<String> warnings() {
        return warnings.stream().map(this::printable).toList();
    }

    private String mask(String text) {
        String masked = text;
        for (String secret : secrets) {
            masked = Redaction.mask(masked, secret, "***");
        }
        return masked;
    }

    /** Masks secrets, and escapes characters that could break a line, or hide or reorder text. */
    String printable(String text) {
        return LogText.escape(mask(text));
    }

    /** Returns what may be shown of a value of this setting. */
    static String shown(Setting<?> setting, String text, String hidden) {
        if (Parsers.isOff(text)) {
            return text;
        }
        return switch (setting.display) {
            case SECRET -> hidden;
            // Anything else than a path may be the secret itself.
            case SECRET_FILE -> text.matches("(?s)(/|\\.{1,2}/|~/|[A-Za-z]:[/\\\\]).*") ? text : hidden;
            case URL -> text.equalsIgnoreCase(setting.defaultText) ? text : url(text, hidden);
            case TEXT -> text;
        };
    }

    /** Shows a URL without user-info, query, fragment and the default of an expression, even if it cannot be parsed. */
    private static String url(String text, String hidden) {
        Matcher url = URL.matcher(text);
        if (!url.matches()) {
            Matcher host = HOST.matcher(text);
            return host.matches() ? host.group(1) + (host.group(2) == null ? "" : "***") : hidden;
        }
        return url.group(1)
                + (url.group(2) == null ? "" : "***@")
                + url.group(3)
                + url.group(4)
                + (url.group(5).isEmpty() ? "" : "***");
    }
}
