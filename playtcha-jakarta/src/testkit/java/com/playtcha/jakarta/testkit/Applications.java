package com.playtcha.jakarta.testkit;

import java.lang.management.ManagementFactory;
import java.util.Collections;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import javax.management.RuntimeMBeanException;

/** The applications of this process, which a test reaches by JMX whatever their class loader is. */
final class Applications {
    private Applications() {}

    /** Calls an operation of all MBeans of a type that have it, and returns their number. */
    static int invoke(String type, String operation, String... arguments) {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        String[] signature =
                Collections.nCopies(arguments.length, String.class.getName()).toArray(String[]::new);
        int called = 0;
        try {
            for (ObjectName name :
                    server.queryNames(new ObjectName("com.playtcha.jakarta:type=" + type + ",*"), null)) {
                called += invoke(server, name, operation, arguments, signature);
            }
        } catch (RuntimeMBeanException e) {
            throw new IllegalStateException(e.getTargetException().getMessage(), e.getTargetException());
        } catch (JMException e) {
            throw new IllegalStateException(operation + " failed in JMX", e);
        }
        return called;
    }

    private static int invoke(
            MBeanServer server, ObjectName name, String operation, String[] arguments, String[] signature)
            throws JMException {
        try {
            server.invoke(name, operation, arguments, signature);
            return 1;
        } catch (InstanceNotFoundException e) {
            // The application has ended meanwhile.
            return 0;
        } catch (ReflectionException e) {
            if (e.getTargetException() instanceof NoSuchMethodException) {
                // An application without the test kit on its class path does not have all operations.
                return 0;
            }
            throw e;
        }
    }
}
