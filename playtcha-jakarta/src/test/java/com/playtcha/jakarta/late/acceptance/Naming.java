package com.playtcha.jakarta.late.acceptance;

import java.lang.reflect.Proxy;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.spi.InitialContextFactory;

/** A server's naming: data sources by name. Public for the JDK, which makes one. */
public final class Naming implements InitialContextFactory {
    private static final Map<String, Object> BOUND = new ConcurrentHashMap<>();

    /** What was bound, until it is closed. */
    public interface Binding extends AutoCloseable {
        @Override
        void close();
    }

    /** For the JDK. */
    public Naming() {}

    public static Binding bind(String name, Object object) {
        String before = System.getProperty(Context.INITIAL_CONTEXT_FACTORY);
        BOUND.put(name, object);
        System.setProperty(Context.INITIAL_CONTEXT_FACTORY, Naming.class.getName());
        return () -> {
            BOUND.remove(name);
            if (before == null) {
                System.clearProperty(Context.INITIAL_CONTEXT_FACTORY);
            } else {
                System.setProperty(Context.INITIAL_CONTEXT_FACTORY, before);
            }
        };
    }

    @Override
    public Context getInitialContext(Hashtable<?, ?> environment) {
        return (Context) Proxy.newProxyInstance(
                Naming.class.getClassLoader(),
                new Class<?>[] {Context.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "lookup" -> find(String.valueOf(arguments[0]));
                    case "close" -> null;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static Object find(String name) throws NameNotFoundException {
        Object found = BOUND.get(name);
        if (found == null) {
            throw new NameNotFoundException(name);
        }
        return found;
    }
}
