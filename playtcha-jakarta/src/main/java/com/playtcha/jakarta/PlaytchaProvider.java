package com.playtcha.jakarta;

import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * The implementation of {@link PlaytchaGuards#open} and {@link PlaytchaCommand}, which this package finds by
 * {@link ServiceLoader} so that it needs only the JDK. This library alone implements it, and applications do not call it.
 *
 * @since 0.1
 */
public interface PlaytchaProvider {

    /**
     * Opens guards for code without a container.
     *
     * @param settings the values by key; not null, and without null values
     * @return guards, which the caller closes
     * @throws PlaytchaConfigurationException with every problem of the settings
     */
    StandaloneGuards open(Map<String, String> settings);

    /**
     * Runs a command on the standard streams.
     *
     * @param arguments the command and its options
     * @return the exit status
     */
    int run(String... arguments);

    /**
     * Returns the implementation of the jar that this class is in.
     *
     * @return never null
     * @throws ServiceConfigurationError if there is none: a jar into which this library's classes are copied needs its
     *     {@code META-INF/services} too
     */
    static PlaytchaProvider find() {
        return ServiceLoader.load(PlaytchaProvider.class, PlaytchaProvider.class.getClassLoader())
                .findFirst()
                .orElseThrow(() -> new ServiceConfigurationError("META-INF/services/" + PlaytchaProvider.class.getName()
                        + " is missing beside the classes of playtcha-jakarta: if they were copied into another jar, merge"
                        + " the files of META-INF/services too"));
    }
}
