package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.LateMetrics;
import java.lang.management.ManagementFactory;
import java.util.regex.Pattern;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Registers late results in the platform's JMX; an MBean that stays registered would keep the application's classes. */
public final class LateJmx implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LateJmx.class);

    private @Nullable Registration registration;

    private LateJmx(@Nullable Registration registration) {
        this.registration = registration;
    }

    /**
     * Registers {@code com.playtcha.jakarta:type=LateResults,name=<application>}, with a number added where that name is
     * taken. A failure is logged, and never keeps an application from starting.
     */
    public static LateJmx register(String application, LateMetrics metrics) {
        try {
            return new LateJmx(Registration.of(application.isBlank() ? "/" : application, metrics));
        } catch (LinkageError e) {
            LOG.debug("The platform has no JMX", e);
        } catch (RuntimeException e) {
            LOG.warn("Late results cannot be registered in JMX, so they are not visible there", e);
        }
        return new LateJmx(null);
    }

    @Override
    public synchronized void close() {
        if (registration != null) {
            registration.close();
            registration = null;
        }
    }

    /** All that needs the module of JMX, in a class that a platform without it never loads. */
    private static final class Registration {
        private static final int MAX_NUMBER = 100;
        private static final Pattern NEEDS_QUOTES = Pattern.compile("[,=:\"*?\\s\\\\]");

        private final MBeanServer server;
        private final ObjectName name;

        private Registration(MBeanServer server, ObjectName name) {
            this.server = server;
            this.name = name;
        }

        static Registration of(String application, LateMetrics metrics) {
            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            LateResultsJmx bean = new LateResultsJmx(metrics);
            for (int number = 1; ; number++) {
                String unique = number == 1 ? application : application + "#" + number;
                try {
                    ObjectName name = new ObjectName("com.playtcha.jakarta:type=LateResults,name="
                            + (NEEDS_QUOTES.matcher(unique).find() ? ObjectName.quote(unique) : unique));
                    server.registerMBean(bean, name);
                    if (number > 1) {
                        LOG.warn(
                                "Another application has the same name in JMX, so this one is registered as {}",
                                LogText.clean(name.toString()));
                    }
                    return new Registration(server, name);
                } catch (InstanceAlreadyExistsException e) {
                    if (number == MAX_NUMBER) {
                        throw new IllegalStateException("too many applications have the name " + application, e);
                    }
                } catch (JMException e) {
                    throw new IllegalStateException("JMX refuses the MBean", e);
                }
            }
        }

        void close() {
            try {
                server.unregisterMBean(name);
            } catch (InstanceNotFoundException e) {
                LOG.debug("Late results were removed from JMX by somebody else", e);
            } catch (JMException | RuntimeException e) {
                LOG.warn("Late results cannot be removed from JMX, which may keep the application's classes", e);
            }
        }
    }
}
