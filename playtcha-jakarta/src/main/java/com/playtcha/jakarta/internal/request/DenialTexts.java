package com.playtcha.jakarta.internal.request;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The titles and details of denials in the visitor's language: from the application's {@code playtcha-denials} files,
 * else from the library's. They are not read by {@code ResourceBundle}, whose cache grows with what visitors send.
 */
public final class DenialTexts {
    /** The languages of the library's own texts. */
    static final List<String> LANGUAGES = List.of("en", "de", "fr", "es", "ja");

    private static final Logger LOG = LoggerFactory.getLogger(DenialTexts.class);
    private static final String DETAIL = ".detail";
    private static final int LONGEST_HEADER = 1000;
    private static final int MOST_LANGUAGES = 10;
    private static final int MOST_LOADED = 100;
    private static final Properties ENGLISH = ofLibrary("en");

    private final @Nullable ClassLoader application;
    private final Map<String, Texts> loaded = new ConcurrentHashMap<>();

    /**
     * The texts for one language.
     *
     * @param language the value of {@code Content-Language}; null if it is not known
     */
    record Texts(@Nullable String language, Properties values) {
        /** Returns the title or detail of a code, else of the kind of denial, else null. */
        @Nullable
        String find(String code, String kind, String suffix) {
            return values.getProperty(code + suffix, values.getProperty(kind + suffix));
        }
    }

    /** Takes the class loader that finds the application's files. */
    public DenialTexts(@Nullable ClassLoader application) {
        this.application = application;
    }

    /** Returns the library's English texts. Their titles have no character that JSON would escape. */
    static Texts english() {
        return new Texts("en", ENGLISH);
    }

    /** Returns the texts in the language that a visitor prefers among those with a file, else the default ones. */
    Texts find(Collection<String> acceptLanguage) {
        String header = String.join(",", acceptLanguage);
        if (header.length() <= LONGEST_HEADER) {
            try {
                // Each language without a file costs look-ups by the class loader.
                for (Locale.LanguageRange range : Locale.LanguageRange.parse(header).stream()
                        .limit(MOST_LANGUAGES)
                        .filter(each -> each.getWeight() > 0)
                        .toList()) {
                    Locale locale = Locale.forLanguageTag(range.getRange());
                    // With the country, then without (RFC 4647, section 3.4).
                    Texts texts = find(locale.getLanguage() + "_" + locale.getCountry());
                    texts = texts.values.isEmpty() ? find(locale.getLanguage()) : texts;
                    if (!texts.values.isEmpty()) {
                        return texts;
                    }
                }
            } catch (IllegalArgumentException malformed) {
                LOG.debug("Accept-Language is malformed, so the default texts are used");
            }
        }
        return loaded.computeIfAbsent("", none -> defaults());
    }

    private Texts find(String name) {
        if (name.isEmpty() || name.startsWith("_") || name.endsWith("_")) {
            return new Texts(null, new Properties());
        }
        Texts known = loaded.get(name);
        if (known == null) {
            known = load(name);
            // Visitors may send any language, so their number is bounded.
            if (loaded.size() < MOST_LOADED) {
                loaded.put(name, known);
            }
        }
        return known;
    }

    /** Returns no texts if there is no file for exactly this language or country. */
    private Texts load(String name) {
        Properties own = ofApplication("_" + name);
        if (own.isEmpty() && !LANGUAGES.contains(name)) {
            return new Texts(null, own);
        }
        String language = name.split("_")[0];
        Properties root = ofApplication("");
        Properties values = new Properties();
        values.putAll(LANGUAGES.contains(language) ? ofLibrary(language) : ENGLISH);
        values.putAll(root);
        values.putAll(ofApplication("_" + language));
        values.putAll(own);
        // The application's file without a language may be in any.
        return new Texts(root.isEmpty() || !own.isEmpty() ? name.replace('_', '-') : null, values);
    }

    /** Without a language that both sides know, problem details have no {@code detail} unless the application has one. */
    private Texts defaults() {
        Properties values = new Properties();
        values.putAll(ENGLISH);
        values.keySet().removeIf(key -> key.toString().endsWith(DETAIL));
        Properties root = ofApplication("");
        values.putAll(root);
        return new Texts(root.isEmpty() ? "en" : null, values);
    }

    private Properties ofApplication(String suffix) {
        String name = "playtcha-denials" + suffix + ".properties";
        return application == null ? new Properties() : read(application.getResourceAsStream(name), name);
    }

    private static Properties ofLibrary(String language) {
        String name = "denials_" + language + ".properties";
        return read(DenialTexts.class.getResourceAsStream(name), name);
    }

    private static Properties read(@Nullable InputStream file, String name) {
        Properties values = new Properties();
        if (file != null) {
            try (InputStreamReader in = new InputStreamReader(file, StandardCharsets.UTF_8)) {
                values.load(in);
            } catch (IOException | IllegalArgumentException e) {
                LOG.error("{} cannot be read, so its texts of denials are not used", name, e);
                return new Properties();
            }
        }
        return values;
    }
}
