package com.playtcha.jakarta.internal.spring;

import static org.springframework.core.env.StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.internal.annotation.GuardAnnotations;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.config.SettingsLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Fails the start of a reactive application that asks for a guard: nothing here runs without servlets, and it would be
 * open. Public for Spring only.
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
public class ReactiveGuards {
    private static final Logger LOG = LoggerFactory.getLogger(ReactiveGuards.class);
    private static final String NOTHING_GUARDED =
            " asks for a guard, but this application is reactive (WebFlux) and has no"
                    + " servlets, so nothing would be guarded: remove it, and call PlaytchaVerifier.verifyAsync in a WebFilter, as in"
                    + " docs/recipes/webflux.md";

    /** For Spring. */
    public ReactiveGuards() {}

    @Bean
    static SmartInitializingSingleton playtchaReactiveCheck(
            ConfigurableListableBeanFactory beans, Environment environment) {
        return () -> {
            SpringSettings settings = new SpringSettings(environment);
            List<String> problems = problems(beans, settings);
            if (!problems.isEmpty()) {
                throw new PlaytchaConfigurationException(problems);
            }
            String callbackPath = "playtcha." + Setting.CALLBACK_PATH;
            if (settings.text(callbackPath).isPresent()) {
                LOG.warn(
                        "{} has no effect, and results that are sent there get lost: this application is reactive (WebFlux)"
                                + " and has no servlet for it. Remove it; the poller of PlaytchaGuards.open (poll-url)"
                                + " works without servlets",
                        callbackPath);
            }
            warnOfVariables(environment);
            warnOfNames(settings);
        };
    }

    /** Without a declaration the guard does not exist: the variable may be that of another application. */
    private static void warnOfVariables(Environment environment) {
        if (environment instanceof ConfigurableEnvironment sources
                && sources.getPropertySources().get(SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)
                        instanceof EnumerablePropertySource<?> variables) {
            Stream.of(variables.getPropertyNames())
                    .filter(name -> name.matches("PLAYTCHA_GUARDS_.+_URL_?PATTERNS"))
                    .forEach(name -> LOG.warn("{}{}", name, NOTHING_GUARDED));
        }
    }

    /** Names that are not read, such as those of a misspelled prefix or key, may be meant to ask for a guard. */
    private static void warnOfNames(SpringSettings settings) {
        LoadedSettings read = new SettingsLoader()
                .framework(settings)
                .platform(System.getProperties(), Map.of())
                .inspect();
        Stream.concat(read.problems().stream(), read.warnings().stream()).forEach(each -> LOG.warn("{}", each));
    }

    private static List<String> problems(ConfigurableListableBeanFactory beans, SpringSettings settings) {
        String guards = "playtcha." + Setting.GUARDS;
        // Asked for by name too, since the names of environment variables are never listed.
        Set<String> names = new TreeSet<>(List.of(guards, "playtcha." + Setting.URL_PATTERNS));
        settings.names().stream().filter(name -> name.startsWith(guards + ".")).forEach(names::add);
        names.removeIf(name -> settings.text(name).isEmpty());
        List<String> uses = new ArrayList<>(names);
        Stream<Class<?>> types = Stream.of(beans.getBeanDefinitionNames())
                .<Class<?>>map(name -> beans.getType(name, false))
                .filter(Objects::nonNull);
        Stream.concat(types, ReactiveHandlers.types(beans))
                .map(ClassUtils::getUserClass)
                .distinct()
                .filter(GuardAnnotations::isGuarded)
                .forEach(type -> uses.add("@PlaytchaProtected on " + type.getName()));
        return uses.stream().map(use -> use + NOTHING_GUARDED).toList();
    }
}
