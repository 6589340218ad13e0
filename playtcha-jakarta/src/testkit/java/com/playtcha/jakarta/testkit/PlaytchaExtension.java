package com.playtcha.jakarta.testkit;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;

/**
 * The extension behind {@link PlaytchaTest}. Registered in a static field, it takes further settings and another
 * stand-in:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final PlaytchaExtension playtcha = new PlaytchaExtension().with("playtcha.timeout", "500ms");
 * }</pre>
 *
 * <p>Where JUnit runs classes in parallel, such a class needs {@code @ResourceLock(Resources.SYSTEM_PROPERTIES)}, which
 * {@link PlaytchaTest} has. Of several extensions, the last has the system properties, fields and parameters.
 *
 * @since 0.1
 */
public final class PlaytchaExtension
        implements BeforeAllCallback,
                AfterAllCallback,
                BeforeEachCallback,
                ParameterResolver,
                TestInstancePreConstructCallback,
                TestInstancePostProcessor {
    private static final Namespace NAMESPACE = Namespace.create(PlaytchaExtension.class);

    /**
     * What all classes without a stand-in of their own share until the end of the JVM: Spring keeps the contexts of tests,
     * whose settings lead to the stand-in of the class that was the first.
     */
    private static @Nullable PlaytchaStandIn shared;

    private final Map<String, String> properties = new LinkedHashMap<>();
    private final @Nullable PlaytchaStandInBuilder builder;
    private @Nullable Running running;

    /** Creates an extension with the stand-in that all of them share, which runs until the end of the JVM. */
    public PlaytchaExtension() {
        this.builder = null;
    }

    /**
     * Creates an extension with a stand-in of its own.
     *
     * @param builder starts the stand-in
     */
    public PlaytchaExtension(PlaytchaStandInBuilder builder) {
        this.builder = builder;
    }

    /**
     * Sets a further system property for the time of the test class.
     *
     * @param property with its prefix, such as {@code playtcha.timeout}
     * @param value the value
     * @return this
     */
    public PlaytchaExtension with(String property, String value) {
        properties.put(property, value);
        return this;
    }

    /**
     * Returns the stand-in.
     *
     * @return the one of the test class that is running
     * @throws IllegalStateException outside of the test class
     */
    public PlaytchaStandIn standIn() {
        Running current = running;
        if (current == null) {
            throw new IllegalStateException(
                    "The stand-in is started before the test class; register the extension in a static field.");
        }
        return current.standIn;
    }

    /** The only instance of a class is created, and Spring starts an application for it, before {@code beforeAll}. */
    @Override
    public void preConstructTestInstance(TestInstanceFactoryContext instance, ExtensionContext context) {
        begin(context);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IllegalAccessException {
        inject(context.getRequiredTestClass(), null, begin(context).standIn);
    }

    private Running begin(ExtensionContext context) {
        ExtensionContext.Store store = context.getStore(NAMESPACE);
        Running current = store.get(this, Running.class);
        if (current == null) {
            PlaytchaStandIn standIn = builder == null ? shared() : builder.start();
            current = new Running(this, standIn, context.getUniqueId());
            store.put(this, current);
            store.put(Running.class, current);
        }
        running = current;
        return current;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Running current = running;
        // A nested class shares the stand-in of the class around it.
        if (current != null && current.owner.equals(context.getUniqueId())) {
            running = null;
            current.close();
        }
    }

    @Override
    public void postProcessTestInstance(Object instance, ExtensionContext context) throws IllegalAccessException {
        inject(instance.getClass(), instance, last(context));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        Running own = context.getStore(NAMESPACE).get(this, Running.class);
        PlaytchaStandIn standIn = own == null ? standIn() : own.standIn;
        standIn.reset();
        standIn.accept();
        standIn.heal();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Running last = context.getStore(NAMESPACE).get(Running.class, Running.class);
        return parameter.getParameter().getType() == PlaytchaStandIn.class && (last == null || last.extension == this);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return last(context);
    }

    private static synchronized PlaytchaStandIn shared() {
        if (shared == null) {
            shared = PlaytchaStandIn.start();
        }
        return shared;
    }

    /** Of several extensions, such as another one of a nested class, the last has the properties, fields and parameters. */
    private PlaytchaStandIn last(ExtensionContext context) {
        Running last = context.getStore(NAMESPACE).get(Running.class, Running.class);
        return last == null ? standIn() : last.standIn;
    }

    private static void inject(Class<?> type, @Nullable Object instance, PlaytchaStandIn standIn)
            throws IllegalAccessException {
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                boolean wanted = field.getType() == PlaytchaStandIn.class
                        && !Modifier.isFinal(field.getModifiers())
                        && Modifier.isStatic(field.getModifiers()) == (instance == null);
                if (wanted) {
                    field.setAccessible(true);
                    field.set(instance, standIn);
                }
            }
        }
    }

    /** A stand-in with the system properties that lead to it. */
    private static final class Running implements AutoCloseable {
        private final PlaytchaExtension extension;
        private final PlaytchaStandIn standIn;
        private final String owner;
        private final Map<String, @Nullable String> before = new LinkedHashMap<>();
        private boolean isClosed;

        Running(PlaytchaExtension extension, PlaytchaStandIn standIn, String owner) {
            this.extension = extension;
            this.standIn = standIn;
            this.owner = owner;
            set(standIn.properties());
            set(extension.properties);
        }

        private void set(Map<String, String> properties) {
            properties.forEach((name, value) -> {
                String old = System.setProperty(name, value);
                if (!before.containsKey(name)) {
                    before.put(name, old);
                }
            });
        }

        /** JUnit calls it too, where the class could not be instantiated and has no {@code afterAll}. */
        @Override
        public void close() {
            if (isClosed) {
                return;
            }
            isClosed = true;
            before.forEach((name, value) -> {
                if (value == null) {
                    System.clearProperty(name);
                } else {
                    System.setProperty(name, value);
                }
            });
            if (extension.builder != null) {
                standIn.close();
            }
        }
    }
}
