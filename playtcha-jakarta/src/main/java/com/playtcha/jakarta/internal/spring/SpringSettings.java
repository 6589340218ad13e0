package com.playtcha.jakarta.internal.spring;

import com.playtcha.jakarta.internal.config.ExternalConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
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

    private final Environment environment;

    SpringSettings(Environment environment) {
        this.environment = environment;
    }

    @Override
    public List<ConfigValue> find(String name) {
        List<ConfigValue> found = new ArrayList<>();
        ConfigurationPropertyName asked = ConfigurationPropertyName.ofIfValid(name);
        if (asked == null) {
            return found;
        }
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            ConfigValue value = find(source, asked);
            if (value != null && !"".equals(value.text())) {
                found.add(value);
            }
        }
        if (found.isEmpty() && asked.equals(GUARDS)) {
            // In YAML, guards cannot be a list and the parent of their settings, so their settings declare them.
            Set<String> declared = declaredGuards();
            if (!declared.isEmpty()) {
                found.add(new ConfigValue(String.join(",", declared), "Spring properties " + GUARDS + ".*", Kind.FILE));
            }
        }
        return found;
    }

    private @Nullable ConfigValue find(ConfigurationPropertySource source, ConfigurationPropertyName name) {
        ConfigurationProperty property = source.getConfigurationProperty(name);
        List<String> texts = new ArrayList<>();
        ConfigurationProperty first = property == null ? source.getConfigurationProperty(name.append("[0]")) : property;
        if (first == null) {
            return null;
        }
        String origin = "Spring property " + name + (first.getOrigin() == null ? "" : " (" + first.getOrigin() + ")");
        try {
            for (ConfigurationProperty each = first; each != null; ) {
                texts.add(environment.resolveRequiredPlaceholders(text(each.getValue())));
                each = property != null ? null : source.getConfigurationProperty(name.append("[" + texts.size() + "]"));
            }
        } catch (IllegalArgumentException e) {
            // The message is not shown, because it may quote the value.
            return new ConfigValue(null, origin + ", which has a placeholder that cannot be resolved", Kind.FILE);
        }
        return new ConfigValue(String.join(",", texts), origin, Kind.FILE);
    }

    /** YAML reads {@code off} as false. */
    private static String text(Object value) {
        return Boolean.FALSE.equals(value) ? "off" : String.valueOf(value);
    }

    @Override
    public Set<String> names() {
        return propertyNames().stream()
                .map(name -> name.isLastElementIndexed() ? name.getParent() : name)
                .map(ConfigurationPropertyName::toString)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<String> declaredGuards() {
        return propertyNames().stream()
                .filter(name -> GUARDS.isAncestorOf(name) && name.getNumberOfElements() > 3)
                .map(name -> name.getElement(2, ConfigurationPropertyName.Form.ORIGINAL))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<ConfigurationPropertyName> propertyNames() {
        Set<ConfigurationPropertyName> names = new TreeSet<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            boolean platform = source.getUnderlyingSource() instanceof PropertySource<?> underlying
                    && PLATFORM.contains(underlying.getName());
            if (!platform && source instanceof IterableConfigurationPropertySource iterable) {
                iterable.stream().filter(ROOT::isAncestorOf).forEach(names::add);
            }
        }
        return names;
    }
}
