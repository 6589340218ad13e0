package com.playtcha.jakarta.internal.request;

import com.playtcha.jakarta.internal.util.LogText;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    private static final int MAX_HEADER = 1000;
    /** Parsing takes time that grows with the square of the number of languages. */
    private static final int MAX_LANGUAGES = 10;

    static final String TITLE = ".title";
    static final String DETAIL = ".detail";

    private static final Texts NONE = new Texts(null, new Properties());

    private final ClassLoader application;
    /** Each name is looked up once, and visitors choose among those of {@link PlatformLocales}. */
    private final Map<String, Texts> loaded = new ConcurrentHashMap<>();

    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    /** The locales of the JDK, with and without country. Computed late, since it takes the JDK tens of milliseconds. */
    private static final class PlatformLocales {
        static final Set<String> NAMES = Arrays.stream(Locale.getAvailableLocales())
                .flatMap(DenialTexts::names)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * The texts for one language.
     *
     * @param language the value of {@code Content-Language}; null if it is not known
     */
    record Texts(@Nullable String language, Properties values) {
        /** Returns the title or detail of a code, else of the kind of denial. */
        String find(String code, String kind, String suffix) {
            return values.getProperty(code + suffix, values.getProperty(kind + suffix));
        }
    }

    /** Takes the class loader that finds the application's files. */
    public DenialTexts(@Nullable ClassLoader application) {
        this.application = Objects.requireNonNullElse(application, DenialTexts.class.getClassLoader());
    }

    /** Returns the texts in the language that a visitor prefers among those with a file, else the default ones. */
    Texts find(Collection<String> acceptLanguage) {
        String header = String.join(",", acceptLanguage);
        try {
            return Locale.LanguageRange.parse(header.length() <= MAX_HEADER ? firstLanguages(header) : "*").stream()
                    .filter(range -> range.getWeight() > 0)
                    .map(range -> Locale.forLanguageTag(range.getRange()))
                    .filter(locale -> !locale.getLanguage().isEmpty())
                    .flatMap(DenialTexts::names)
                    .map(this::find)
                    .filter(texts -> texts != NONE)
                    .findFirst()
                    .orElseGet(() -> find(""));
        } catch (IllegalArgumentException | IndexOutOfBoundsException malformed) {
            // The JDK throws the latter for a range that is a hyphen.
            return find("");
        }
    }

    private static String firstLanguages(String header) {
        return Arrays.stream(header.split(",", MAX_LANGUAGES + 1))
                .limit(MAX_LANGUAGES)
                .collect(Collectors.joining(","));
    }

    /** With the country, then without (RFC 4647, section 3.4). */
    private static Stream<String> names(Locale locale) {
        String language = locale.getLanguage();
        return locale.getCountry().isEmpty()
                ? Stream.of(language)
                : Stream.of(language + "_" + locale.getCountry(), language);
    }

    private Texts find(String name) {
        Texts texts = loaded.get(name);
        if (texts == null) {
            if (!name.isEmpty() && !LANGUAGES.contains(name) && !PlatformLocales.NAMES.contains(name)) {
                return NONE;
            }
            texts = load(name);
            loaded.put(name, texts);
        }
        return texts;
    }

    /** Returns no texts if there is no file for exactly this language or country, the default ones for no name. */
    private Texts load(String name) {
        Properties own = ofApplication("_" + name);
        if (own.isEmpty() && !name.isEmpty() && !LANGUAGES.contains(name)) {
            return NONE;
        }
        Properties values = new Properties();
        String language = name.split("_")[0];
        Properties root = ofApplication("");
        String ofLibrary = "denials_" + (LANGUAGES.contains(language) ? language : "en") + ".properties";
        values.putAll(read(DenialTexts.class.getResourceAsStream(ofLibrary), ofLibrary));
        values.putAll(root);
        values.putAll(ofApplication("_" + language));
        values.putAll(own);
        // The application's file without a language may be in any.
        boolean hasLanguage = root.isEmpty() || !own.isEmpty();
        return new Texts(hasLanguage ? name.isEmpty() ? "en" : name.replace('_', '-') : null, values);
    }

    private Properties ofApplication(String suffix) {
        String name = "playtcha-denials" + suffix + ".properties";
        Properties values = read(application.getResourceAsStream(name), name);
        Set<String> unused = new TreeSet<>(values.stringPropertyNames());
        unused.removeIf(key -> key.endsWith(TITLE) || key.endsWith(DETAIL));
        // The file without a language is read for each language.
        if (!unused.isEmpty() && warned.add(name)) {
            LOG.warn(
                    "{} has keys without a meaning, since they end with neither {} nor {}: {}",
                    name,
                    TITLE,
                    DETAIL,
                    LogText.escape(unused.toString()));
        }
        return values;
    }

    private static Properties read(@Nullable InputStream file, String name) {
        Properties values = new Properties();
        if (file != null) {
            // The decoder refuses what is not UTF-8, of which a visitor would read question marks.
            try (file) {
                String text = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(file.readAllBytes()))
                        .toString();
                values.load(new StringReader(text.startsWith("\uFEFF") ? text.substring(1) : text));
            } catch (IOException | IllegalArgumentException e) {
                LOG.error("{} cannot be read, so its texts of denials are not used", name, e);
                return new Properties();
            }
        }
        return values;
    }
}
