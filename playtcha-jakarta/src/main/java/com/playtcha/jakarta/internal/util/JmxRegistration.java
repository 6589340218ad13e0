package com.playtcha.jakarta.internal.util;

import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
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
import javax.management.MBeanOperationInfo;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An MBean of read-only attributes and operations without parameters, in the platform's JMX until closed: a registered
 * MBean keeps the application's class loader in memory.
 */
public final class JmxRegistration implements DynamicMBean, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JmxRegistration.class);
    private static final Pattern NEEDS_QUOTES = Pattern.compile("[,=:\"*?\\s\\\\]");

    private final Map<String, Supplier<Object>> attributes;
    private final Map<String, Runnable> operations;
    /** Null where JMX refused the MBean. */
    private @Nullable ObjectName name;

    private JmxRegistration(Map<String, Supplier<Object>> attributes, Map<String, Runnable> operations) {
        this.attributes = new LinkedHashMap<>(attributes);
        this.operations = operations;
    }

    /**
     * Registers {@code com.playtcha.jakarta:type=<type>,application=<application>}, with a number added to the application
     * where that name is taken. A failure is logged, and never keeps an application from starting.
     *
     * @param more what follows in the name, such as {@code ,name=default}, or ""
     * @param attributes the attributes by name, whose values are never null
     * @param operations the operations without parameters by name
     */
    public static JmxRegistration register(
            String type,
            String application,
            String more,
            Map<String, Supplier<Object>> attributes,
            Map<String, Runnable> operations) {
        JmxRegistration bean = new JmxRegistration(attributes, operations);
        try {
            bean.register(type, application.isBlank() ? "/" : application, more);
        } catch (JMException | RuntimeException e) {
            LOG.warn("{} of {} cannot be registered in JMX, so it is not visible there", type, application, e);
        }
        return bean;
    }

    private void register(String type, String application, String more) throws JMException {
        for (int number = 1; name == null; number++) {
            String unique = number == 1 ? application : application + "#" + number;
            String quoted = NEEDS_QUOTES.matcher(unique).find() ? ObjectName.quote(unique) : unique;
            ObjectName free = new ObjectName("com.playtcha.jakarta:type=" + type + ",application=" + quoted + more);
            try {
                ManagementFactory.getPlatformMBeanServer().registerMBean(this, free);
                name = free;
            } catch (InstanceAlreadyExistsException e) {
                continue;
            }
            if (number > 1) {
                LOG.warn(
                        "Another application has the same name in JMX, so this one is registered as {}",
                        LogText.clean(free.toString()));
            }
        }
    }

    @Override
    public void close() {
        try {
            if (name != null) {
                ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
            }
        } catch (InstanceNotFoundException e) {
            LOG.debug("{} was removed from JMX before", name, e);
        } catch (JMException | RuntimeException e) {
            LOG.warn("{} cannot be removed from JMX, which may keep the application's classes in memory", name, e);
        }
    }

    @Override
    public Object getAttribute(String attribute) throws AttributeNotFoundException {
        Supplier<Object> value = attributes.get(attribute);
        if (value == null) {
            throw new AttributeNotFoundException(attribute);
        }
        return value.get();
    }

    @Override
    public AttributeList getAttributes(String[] names) {
        AttributeList list = new AttributeList();
        for (String each : names) {
            Supplier<Object> value = attributes.get(each);
            if (value != null) {
                list.add(new Attribute(each, value.get()));
            }
        }
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
    public @Nullable Object invoke(String action, Object[] arguments, String[] signature) throws ReflectionException {
        Runnable operation = operations.get(action);
        if (operation == null) {
            throw new ReflectionException(new NoSuchMethodException(action));
        }
        operation.run();
        return null;
    }

    @Override
    public MBeanInfo getMBeanInfo() {
        MBeanAttributeInfo[] infos = attributes.entrySet().stream()
                .map(each -> new MBeanAttributeInfo(
                        each.getKey(), each.getValue().get().getClass().getName(), each.getKey(), true, false, false))
                .toArray(MBeanAttributeInfo[]::new);
        MBeanOperationInfo[] actions = operations.keySet().stream()
                .map(action -> new MBeanOperationInfo(action, action, null, "void", MBeanOperationInfo.ACTION))
                .toArray(MBeanOperationInfo[]::new);
        return new MBeanInfo(getClass().getName(), "Metrics of playtcha-jakarta", infos, null, actions, null);
    }
}
