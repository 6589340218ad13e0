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
import javax.management.StandardMBean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows late results in the platform's JMX, where there is one. Closed when the application stops: what is registered
 * there keeps the application's classes alive. Thread-safe.
 */
public final class LateJmx implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LateJmx.class);

    private @Nullable Registration registration;

    private LateJmx(@Nullable Registration registration) {
        this.registration = registration;
    }

    /**
     * Registers {@code com.playtcha.jakarta:type=LateResults,name=<application>}. Where that name is taken, a number is
     * added to it, with a WARN; what else goes wrong is logged, and never keeps an application from starting.
     *
     * @param application a name, such as the context path; blank for one that has none
     * @param figures what is shown
     * @param operator does what is asked
     * @return to be closed
     */
    public static LateJmx register(String application, LateMetrics figures, AdminService operator) {
        try {
            return new LateJmx(
                    Registration.of(application.isBlank() ? "/" : application, new LateResultsJmx(figures, operator)));
        } catch (LinkageError e) {
            LOG.debug("There is no JMX on this platform", e);
        } catch (RuntimeException e) {
            LOG.warn("Late results are not shown in JMX", e);
        }
        return new LateJmx(null);
    }

    /** Takes it out of JMX; the second time, nothing. */
    @Override
    public synchronized void close() {
        if (registration != null) {
            try {
                registration.close();
            } catch (RuntimeException e) {
                LOG.warn("Late results cannot be taken out of JMX", e);
            }
            registration = null;
        }
    }

    /** All that needs the module of JMX, its exceptions too, in a class that is loaded only to be tried. */
    private static final class Registration {
        private static final int MOST = 100;
        /** What an object name needs to have quoted. */
        private static final Pattern SPECIAL = Pattern.compile("[,=:\"*?\\s\\\\]");

        private final MBeanServer server;
        private final ObjectName name;

        private Registration(MBeanServer server, ObjectName name) {
            this.server = server;
            this.name = name;
        }

        static Registration of(String application, LateResultsMBean bean) {
            try {
                return register(application, bean);
            } catch (JMException e) {
                throw new IllegalStateException("JMX refuses it", e);
            }
        }

        private static Registration register(String application, LateResultsMBean bean) throws JMException {
            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            StandardMBean shown = new StandardMBean(bean, LateResultsMBean.class);
            for (int number = 1; ; number++) {
                String unique = number == 1 ? application : application + "#" + number;
                ObjectName name = new ObjectName("com.playtcha.jakarta:type=LateResults,name="
                        + (SPECIAL.matcher(unique).find() ? ObjectName.quote(unique) : unique));
                try {
                    server.registerMBean(shown, name);
                    if (number > 1) {
                        LOG.warn(
                                "Another application has this one's name in JMX, which is now {}",
                                LogText.clean(name.toString()));
                    }
                    return new Registration(server, name);
                } catch (InstanceAlreadyExistsException e) {
                    if (number == MOST) {
                        throw e;
                    }
                }
            }
        }

        void close() {
            try {
                server.unregisterMBean(name);
            } catch (InstanceNotFoundException e) {
                LOG.debug("Taken out of JMX by someone else", e);
            } catch (JMException e) {
                throw new IllegalStateException("JMX refuses it", e);
            }
        }
    }
}
