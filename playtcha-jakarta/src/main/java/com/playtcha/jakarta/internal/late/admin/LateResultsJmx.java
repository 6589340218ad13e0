package com.playtcha.jakarta.internal.late.admin;

import com.playtcha.jakarta.late.LateMetrics;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.ReflectionException;

/** Late results in JMX: the gauges and counters of {@link LateMetrics} as attributes, durations in seconds. */
final class LateResultsJmx implements DynamicMBean {
    private final Map<String, Supplier<Long>> attributes = new LinkedHashMap<>();

    LateResultsJmx(LateMetrics metrics) {
        attributes.put("Pending", metrics::getPending);
        attributes.put("Awaiting", metrics::getAwaiting);
        attributes.put("Ready", metrics::getReady);
        attributes.put("DeadLetters", metrics::getDeadLetters);
        attributes.put("OldestDeadLetterSeconds", () -> metrics.getOldestDeadLetterAge().toSeconds());
        attributes.put("OverdueSeconds", () -> metrics.getOverdue().toSeconds());
        attributes.put("SpoolFiles", () -> (long) metrics.getSpoolFiles());
        attributes.put("SpoolBytes", metrics::getSpoolBytes);
        attributes.put("OverdueHandlers", () -> (long) metrics.getOverdueHandlers());
        attributes.put("AgeSeconds", () -> metrics.getAge().toSeconds());
        for (String counter : metrics.getCounters().keySet()) {
            attributes.put(attribute(counter), () -> metrics.getCounters().getOrDefault(counter, 0L));
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
        Stream.of(names)
                .filter(attributes::containsKey)
                .forEach(name -> list.add(new Attribute(name, attributes.get(name).get())));
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
