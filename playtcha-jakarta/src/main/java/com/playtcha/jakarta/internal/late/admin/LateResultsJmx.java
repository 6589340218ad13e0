package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.internal.util.LogText;
import com.playtcha.jakarta.late.LateMetrics;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Late results in JMX: the gauges and counters of {@link LateMetrics} as attributes, durations in seconds. */
final class LateResultsJmx implements DynamicMBean {
    private static final Logger LOG = LoggerFactory.getLogger(LateJmx.class);
    private static final int MAX_NUMBER = 100;
    private static final Pattern NEEDS_QUOTES = Pattern.compile("[,=:\"*?\\s\\\\]");

    private final Map<String, Supplier<Long>> attributes = new LinkedHashMap<>();

    LateResultsJmx(LateMetrics metrics) {
        attributes.put("Pending", metrics::getPending);
        attributes.put("Awaiting", metrics::getAwaiting);
        attributes.put("Ready", metrics::getReady);
        attributes.put("DeadLetters", metrics::getDeadLetters);
        attributes.put(
                "OldestDeadLetterSeconds",
                () -> metrics.getOldestDeadLetterAge().toSeconds());
        attributes.put("OverdueSeconds", () -> metrics.getOverdue().toSeconds());
        attributes.put("SpoolFiles", () -> (long) metrics.getSpoolFiles());
        attributes.put("SpoolBytes", metrics::getSpoolBytes);
        attributes.put("OverdueHandlers", () -> (long) metrics.getOverdueHandlers());
        attributes.put("AgeSeconds", () -> metrics.getAge().toSeconds());
        for (String counter : metrics.getCounters().keySet()) {
            attributes.put(attribute(counter), () -> metrics.getCounters().getOrDefault(counter, 0L));
        }
    }

    static LateJmx register(String application, LateMetrics metrics) {
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
                return () -> unregister(server, name);
            } catch (InstanceAlreadyExistsException e) {
                if (number == MAX_NUMBER) {
                    throw new IllegalStateException("too many applications have the name " + application, e);
                }
            } catch (JMException e) {
                throw new IllegalStateException("JMX refuses the MBean", e);
            }
        }
    }

    private static void unregister(MBeanServer server, ObjectName name) {
        try {
            server.unregisterMBean(name);
        } catch (InstanceNotFoundException e) {
            LOG.debug("Late results were removed from JMX before", e);
        } catch (JMException | RuntimeException e) {
            LOG.warn("Late results cannot be removed from JMX, which may keep the application's classes", e);
        }
    }

    /** Returns {@code HandlerFailed} for {@code handler-failed}. */
    private static String attribute(String counter) {
        StringBuilder name = new StringBuilder();
        for (String word : counter.split("-")) {
            name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
        }
        return name.toString();
    }

    @Override
    public Object getAttribute(String name) throws AttributeNotFoundException {
        Supplier<Long> value = attributes.get(name);
        if (value == null) {
            throw new AttributeNotFoundException(name);
        }
        return value.get();
    }

    @Override
    public AttributeList getAttributes(String[] names) {
        AttributeList list = new AttributeList();
        List<String> wanted = List.of(names);
        attributes.forEach((name, value) -> {
            if (wanted.contains(name)) {
                list.add(new Attribute(name, value.get()));
            }
        });
        return list;
    }

    @Override
    public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
        throw new AttributeNotFoundException(attribute.getName() + " cannot be set");
    }

    @Override
    public AttributeList setAttributes(AttributeList list) {
        return new AttributeList();
    }

    @Override
    public Object invoke(String action, Object[] arguments, String[] signature) throws ReflectionException {
        throw new ReflectionException(new NoSuchMethodException(action));
    }

    @Override
    public MBeanInfo getMBeanInfo() {
        return new MBeanInfo(
                LateResultsJmx.class.getName(),
                "Late results",
                attributes.keySet().stream()
                        .map(name -> new MBeanAttributeInfo(name, "long", name, true, false, false))
                        .toArray(MBeanAttributeInfo[]::new),
                null,
                null,
                null);
    }
}
