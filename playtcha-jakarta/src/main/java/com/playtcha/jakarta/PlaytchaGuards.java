package com.playtcha.jakarta;

import java.util.Map;
import java.util.Set;

/**
 * The guards of one application, for code without injection. In a web application it is the
 * servlet context's attribute {@value #ATTRIBUTE}, from before the first {@code ServletContextListener} runs until the
 * application is undeployed:
 *
 * <pre>{@code
 * PlaytchaGuards guards = (PlaytchaGuards) getServletContext().getAttribute(PlaytchaGuards.ATTRIBUTE);
 * Verification verification = guards.verifier().verify(request.getParameter("playtcha-response"));
 * }</pre>
 *
 * <p>Code without a container gets the same from {@link #open}. Thread-safe.
 *
 * @since 0.1
 */
public interface PlaytchaGuards {
    /** The name of the servlet context attribute. */
    String ATTRIBUTE = "playtcha.guards";

    /**
     * Opens guards for code without a container: a job, a test, a Java SE program. The keys are those of the settings,
     * without prefix, such as {@code base-url} or {@code guards.payout.fail-closed}. A key that the map does not
     * contain is read from MicroProfile Config where that is present, else from system properties and the environment.
     *
     * <p>The guards are independent of those of every other application and of every other call of this method.
     *
     * @param settings the values by key; not null, and without null values
     * @return guards, which the caller closes
     * @throws PlaytchaConfigurationException with every problem of the settings
     */
    static StandaloneGuards open(Map<String, String> settings) {
        return PlaytchaProvider.find().open(settings);
    }

    /**
     * Returns the verifier of the guard {@code default}.
     *
     * @return a verifier, which can be kept as long as the application runs
     * @throws PlaytchaConfigurationException if the settings of this guard are wrong or missing
     */
    default PlaytchaVerifier verifier() {
        return verifier("default");
    }

    /**
     * Returns the verifier of a guard.
     *
     * @param guard a name that the setting {@code guards} declares, or {@code default}
     * @return a verifier, which can be kept as long as the application runs
     * @throws PlaytchaConfigurationException if no guard has the name, or if its settings are wrong or missing
     */
    PlaytchaVerifier verifier(String guard);

    /**
     * Returns the names of the guards that {@link #verifier(String)} accepts: those that the setting {@code guards}
     * declares, and {@code default} if its settings are complete.
     *
     * @return an unmodifiable set in the order of the settings
     */
    Set<String> names();

    /**
     * Returns each setting with its effective value and its source, for a page of an administrator: the text that
     * {@link PlaytchaCommand} prints for {@code explain}. It contains no secret, but names of files and hosts.
     *
     * @return several lines of plain text; escape it where it is shown
     */
    String explain();

    /**
     * Returns the failures that the setting {@code after-failures} counts, which the application records.
     *
     * @return the failures of this application, which can be kept as long as it runs
     */
    Failures failures();

    /**
     * Adds a listener to all guards. Listeners that {@code META-INF/services} names are added when the application
     * starts.
     *
     * @param listener the listener; not null
     */
    void addListener(VerificationListener listener);

    /**
     * Removes a listener.
     *
     * @param listener the listener; one that was not added is ignored
     */
    void removeListener(VerificationListener listener);
}
