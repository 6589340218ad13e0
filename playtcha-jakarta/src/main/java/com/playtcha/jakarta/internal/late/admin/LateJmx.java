package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.late.LateMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Late results as registered in the platform's JMX until closed: a registered MBean keeps the application's classes. */
public interface LateJmx extends AutoCloseable {

    /**
     * Registers {@code com.playtcha.jakarta:type=LateResults,name=<application>}, with a number added where that name is
     * taken. A failure is logged, and never keeps an application from starting.
     */
    static LateJmx register(String application, LateMetrics metrics) {
        Logger log = LoggerFactory.getLogger(LateJmx.class);
        try {
            return LateResultsJmx.register(application.isBlank() ? "/" : application, metrics);
        } catch (LinkageError e) {
            log.debug("The platform has no JMX", e);
        } catch (RuntimeException e) {
            log.warn("Late results cannot be registered in JMX, so they are not visible there", e);
        }
        return () -> {};
    }

    @Override
    void close();
}
