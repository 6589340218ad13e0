package com.playtcha.jakarta.internal.spring;

import com.playtcha.jakarta.internal.config.ExternalConfig;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/** The settings in Spring's {@code Environment}, whose placeholders, lists and relaxed names it resolves. */
final class SpringSettings implements ExternalConfig {
    private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("playtcha");
    private static final ConfigurationPropertyName GUARDS = ROOT.append("guards");
    /** Sources whose names are checked elsewhere, or never. */
    private static final Set<String> PLATFORM = Set.of(
            StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME,
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            "servletContextInitParams",
            "servletConfigInitParams");

    private static final Pattern INDEX = Pattern.compile("\\[[0-9]+]$");

    private final Environment environment;

    SpringSettings(Environment environment) {
        this.environment = environment;
    }

    @Override
    public List<ConfigValue> find(String name) {
        List<ConfigValue> found = new ArrayList<>();
        ConfigurationPropertyName key = ConfigurationPropertyName.ofIfValid(name);
        if (key == null) {
            return found;
        }
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            ConfigurationProperty property = source.getConfigurationProperty(key);
            List<ConfigurationProperty> values = property != null
                    ? List.of(property)
                    : IntStream.iterate(0, i -> i + 1)
                            .mapToObj(i -> source.getConfigurationProperty(key.append("[" + i + "]")))
                            .takeWhile(Objects::nonNull)
                            .toList();
            Set<String> unread = items(source, key);
            values.forEach(value -> unread.remove(value.getName().toString()));
            if (!unread.isEmpty()) {
                found.add(new ConfigValue(
                        null,
                        "Spring property " + key + ", because " + String.join(" and ", unread)
                                + " would be left out: a list has items from [0] on without a gap, and no other value",
                        Kind.FILE));
            } else if (!values.isEmpty()) {
                found.add(value(source, key, values));
            }
        }
        found.removeIf(value -> value.text() != null && value.text().isBlank());
        if (found.isEmpty() && key.equals(GUARDS)) {
            // In YAML, guards cannot be a list and the parent of their settings, so their settings declare them.
            String declared = propertyNames().stream()
                    .filter(each -> GUARDS.isAncestorOf(each) && (!GUARDS.isParentOf(each) || isEmpty(each)))
                    // Settings in a list, which has no names, are reported as keys.
                    .filter(each -> !each.isNumericIndex(2))
                    .map(each -> each.getElement(2, Form.ORIGINAL))
                    .distinct()
                    .collect(Collectors.joining(","));
            if (!declared.isEmpty()) {
                found.add(new ConfigValue(declared, "Spring properties " + GUARDS + ".*", Kind.FILE));
            }
        }
        return found;
    }

    /** Returns the text of the source that counts, empty if the key is not set, is off, or cannot be resolved. */
    Optional<String> text(String name) {
        return find(name).stream()
                .findFirst()
                .map(ConfigValue::text)
                .map(String::strip)
                .filter(text -> !text.equalsIgnoreCase("off"));
    }

    /** Returns a setting of a guard, which inherits it; for what has to be known before the settings are checked. */
    Optional<String> text(String guard, Setting<?> setting) {
        return text(setting.nameFor(guard)).or(() -> text(setting.nameFor(GuardSettings.DEFAULT_NAME)));
    }

    /**
     * Returns how a file or map writes a name. Of several spellings Spring reads one, whichever it is, so that
     * {@code fail-closed: false} would hide {@code failClosed: true}.
     */
    private static Set<String> spellings(ConfigurationPropertySource source, ConfigurationPropertyName key) {
        Set<String> spellings = new TreeSet<>();
        if (!isOfPlatform(source) && source.getUnderlyingSource() instanceof EnumerablePropertySource<?> names) {
            for (String name : names.getPropertyNames()) {
                String written = INDEX.matcher(name).replaceFirst("");
                // Adapting is slow, and most names are those of others.
                if (written.regionMatches(true, 0, "playtcha", 0, 8)
                        && ConfigurationPropertyName.adapt(written, '.').equals(key)) {
                    spellings.add(written);
                }
            }
        }
        return spellings;
    }

    /** Returns the items of a list that a source has. Spring reads those before the first gap, or another value. */
    private static Set<String> items(ConfigurationPropertySource source, ConfigurationPropertyName key) {
        Set<String> items = new TreeSet<>();
        if (source instanceof IterableConfigurationPropertySource names) {
            names.stream()
                    .filter(name -> name.isLastElementIndexed() && key.isParentOf(name))
                    .forEach(name -> items.add(key
                            + name.toString()
                                    .substring(name.getParent().toString().length())));
        }
        return items;
    }

    private ConfigValue value(
            ConfigurationPropertySource source, ConfigurationPropertyName name, List<ConfigurationProperty> values) {
        Set<String> spellings = spellings(source, name);
        // In a file the secret may be a placeholder; from outside it is the secret itself, which may look like one.
        boolean isAsWritten =
                isOfPlatform(source) && name.getLastElement(Form.UNIFORM).equals(Setting.SECRET.toString());
        Object place = values.get(0).getOrigin();
        String origin = "Spring property " + name + (place == null ? "" : " (" + place + ")");
        if (spellings.size() > 1) {
            return new ConfigValue(
                    null,
                    origin + ", which is written more than once, as " + String.join(" and ", spellings),
                    Kind.FILE);
        }
        try {
            String text = values.stream()
                    // YAML reads off as false.
                    .map(each -> Boolean.FALSE.equals(each.getValue()) ? "off" : String.valueOf(each.getValue()))
                    .map(each -> isAsWritten ? each : environment.resolveRequiredPlaceholders(each))
                    .collect(Collectors.joining(","));
            return new ConfigValue(text, origin, Kind.FILE);
        } catch (IllegalArgumentException e) {
            // The message is not shown, because it may quote the value.
            return new ConfigValue(null, origin + ", which has a placeholder that cannot be resolved", Kind.FILE);
        }
    }

    @Override
    public Set<String> names() {
        return propertyNames().stream()
                .filter(each -> !(GUARDS.isParentOf(each) && isEmpty(each)))
                .map(Object::toString)
                .collect(Collectors.toSet());
    }

    /** Whether a key is there without a value, as that of a guard in YAML which has no settings of its own. */
    private boolean isEmpty(ConfigurationPropertyName name) {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            ConfigurationProperty property = source.getConfigurationProperty(name);
            if (property != null) {
                return String.valueOf(property.getValue()).isBlank();
            }
        }
        return false;
    }

    @Override
    public String files() {
        return "application.yml or application.properties";
    }

    /** Such as those of a {@code .env} file that {@code spring.config.import} names. */
    @Override
    public Set<String> unreadVariables() {
        return StreamSupport.stream(
                        ConfigurationPropertySources.get(environment).spliterator(), false)
                .filter(source -> !isOfPlatform(source))
                .map(ConfigurationPropertySource::getUnderlyingSource)
                .flatMap(source -> source instanceof EnumerablePropertySource<?> names
                        ? Stream.of(names.getPropertyNames())
                        : Stream.of())
                .filter(name -> name.startsWith("PLAYTCHA_"))
                .collect(Collectors.toSet());
    }

    private static boolean isOfPlatform(ConfigurationPropertySource source) {
        return source.getUnderlyingSource() instanceof PropertySource<?> underlying
                && PLATFORM.contains(underlying.getName());
    }

    private Set<ConfigurationPropertyName> propertyNames() {
        Set<ConfigurationPropertyName> names = new TreeSet<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (!isOfPlatform(source) && source instanceof IterableConfigurationPropertySource iterable) {
                iterable.stream().forEach(name -> names.add(name.isLastElementIndexed() ? name.getParent() : name));
            }
        }
        return names;
    }
}
