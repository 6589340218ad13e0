package com.playtcha.jakarta.internal.metrics;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An MBean of read-only attributes and operations with texts as parameters, loaded only where the platform has JMX. */
record JmxBean(Supplier<Map<String, Object>> values, Map<String, JmxOperation> operations) implements DynamicMBean {
    private static final Logger LOG = LoggerFactory.getLogger(JmxBean.class);
    private static final Pattern NEEDS_QUOTES = Pattern.compile("[,=:\"*?\\s\\\\]");

    /**
     * Registers {@code com.playtcha.jakarta:type=<type>,application=<application>}, with a number added to the application
     * where that name is taken. Returns what removes it: a registered MBean keeps the application's classes in memory.
     *
     * @param more what follows in the name, such as {@code ,name=default}, or ""
     * @param values returns a new map of the attributes, always the same ones, in their order
     */
    static Runnable register(
            String type,
            String application,
            String more,
            Supplier<Map<String, Object>> values,
            Map<String, JmxOperation> operations)
            throws JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        JmxBean bean = new JmxBean(values, operations);
        for (int number = 1; ; number++) {
            String unique = number == 1 ? application : application + "#" + number;
            String quoted = NEEDS_QUOTES.matcher(unique).find() ? ObjectName.quote(unique) : unique;
            ObjectName name = new ObjectName("com.playtcha.jakarta:type=" + type + ",application=" + quoted + more);
            try {
                server.registerMBean(bean, name);
                return () -> unregister(server, name);
            } catch (InstanceAlreadyExistsException e) {
                LOG.debug("{} is the name of another application", name, e);
            }
        }
    }

    private static void unregister(MBeanServer server, ObjectName name) {
        try {
            if (server.isRegistered(name)) {
                server.unregisterMBean(name);
            }
        } catch (JMException | RuntimeException e) {
            LOG.warn("{} cannot be removed from JMX, which may keep the application's classes in memory", name, e);
        }
    }

    @Override
    public Object getAttribute(String name) throws AttributeNotFoundException {
        Object value = values.get().get(name);
        if (value == null) {
            throw new AttributeNotFoundException(name);
        }
        return value;
    }

    @Override
    public AttributeList getAttributes(String[] names) {
        AttributeList list = new AttributeList();
        Map<String, Object> wanted = values.get();
        wanted.keySet().retainAll(List.of(names));
        wanted.forEach((name, value) -> list.add(new Attribute(name, value)));
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
        JmxOperation operation = operations.get(action);
        List<String> texts = Stream.of(arguments == null ? new Object[0] : arguments)
                .map(argument -> argument == null ? "" : argument.toString())
                .toList();
        if (operation == null || operation.parameters().size() != texts.size()) {
            throw new ReflectionException(new NoSuchMethodException(action));
        }
        return operation.call().apply(texts);
    }

    @Override
    public MBeanInfo getMBeanInfo() {
        MBeanAttributeInfo[] infos = values.get().entrySet().stream()
                .map(each -> new MBeanAttributeInfo(
                        each.getKey(), each.getValue().getClass().getName(), each.getKey(), true, false, false))
                .toArray(MBeanAttributeInfo[]::new);
        MBeanOperationInfo[] actions = operations.entrySet().stream()
                .map(each -> info(each.getKey(), each.getValue()))
                .toArray(MBeanOperationInfo[]::new);
        return new MBeanInfo(JmxBean.class.getName(), "Metrics of playtcha-jakarta", infos, null, actions, null);
    }

    private static MBeanOperationInfo info(String name, JmxOperation operation) {
        String text = String.class.getName();
        MBeanParameterInfo[] parameters = operation.parameters().stream()
                .map(parameter -> new MBeanParameterInfo(parameter, text, parameter))
                .toArray(MBeanParameterInfo[]::new);
        return new MBeanOperationInfo(name, operation.description(), parameters, text, MBeanOperationInfo.ACTION);
    }
}
