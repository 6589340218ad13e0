package com.playtcha.jakarta.internal.util;

import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An MBean in the platform's JMX until closed: a registered MBean keeps the application's class loader in memory. */
public interface JmxRegistration extends AutoCloseable {

    /**
     * Registers {@code com.playtcha.jakarta:type=<type>,application=<application>}, with a number added to the application
     * where that name is taken. A failure is logged, and never keeps an application from starting.
     *
     * @param more what follows in the name, such as {@code ,name=default}, or ""
     * @param attributes the attributes by name, whose values are never null
     * @param operations the operations without parameters by name
     */
    static JmxRegistration register(
            String type,
            String application,
            String more,
            Map<String, Supplier<Object>> attributes,
            Map<String, Runnable> operations) {
        Logger log = LoggerFactory.getLogger(JmxRegistration.class);
        try {
            return JmxBean.register(type, application.isBlank() ? "/" : application, more, attributes, operations);
        } catch (LinkageError e) {
            log.debug("The platform has no JMX", e);
        } catch (RuntimeException e) {
            log.warn("{} of {} cannot be registered in JMX, so it is not visible there", type, application, e);
        }
        return () -> {};
    }

    @Override
    void close();
}
