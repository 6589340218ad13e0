package com.playtcha.jakarta.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** The library where the MicroProfile Config API is not on its own class path: a bare servlet container. */
class MicroProfileAbsentTest {

    /** Defines the library's classes anew, so that they link through this loader, which has no such API. */
    private static final class Bare extends ClassLoader {
        Bare() {
            super(new Given.WithoutMicroProfile(Bare.class.getClassLoader()));
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null || !name.startsWith("com.playtcha.jakarta.")) {
                    return loaded != null ? loaded : super.loadClass(name, resolve);
                }
                try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                    if (in == null) {
                        throw new ClassNotFoundException(name);
                    }
                    byte[] bytes = in.readAllBytes();
                    return defineClass(name, bytes, 0, bytes.length);
                } catch (IOException e) {
                    throw new ClassNotFoundException(name, e);
                }
            }
        }
    }

    private static Object load(ClassLoader given) throws ReflectiveOperationException {
        Class<?> loaderClass = new Bare().loadClass(SettingsLoader.class.getName());
        Object builder = loaderClass.getConstructor().newInstance();
        Class<?> type = builder.getClass();
        Map<String, String> environment =
                Map.of("PLAYTCHA_SECRET", Given.SECRET, "PLAYTCHA_BASE_URL", Given.URL, "PLAYTCHA_URL_PATTERNS", "/*");
        type.getMethod("platform", Properties.class, Map.class).invoke(builder, new Properties(), environment);
        type.getMethod("classLoader", ClassLoader.class).invoke(builder, given);
        return type.getMethod("load").invoke(builder);
    }

    private static Object call(Object target, String method) throws ReflectiveOperationException {
        return target.getClass().getMethod(method).invoke(target);
    }

    @Test
    void settingsAreReadWithoutTheApi() throws ReflectiveOperationException {
        Object loaded = load(new Bare());

        assertThat(loaded.getClass()).isNotEqualTo(LoadedSettings.class);
        assertThat((Map<?, ?>) call(loaded, "registrations")).hasSize(1);
        assertThat((Iterable<?>) call(loaded, "warnings")).isEmpty();
    }

    @Test
    void anApiThatOnlyTheApplicationSeesIsAWarning() throws ReflectiveOperationException {
        Object loaded = load(getClass().getClassLoader());

        assertThat((Map<?, ?>) call(loaded, "registrations")).hasSize(1);
        assertThat((Iterable<?>) call(loaded, "warnings"))
                .singleElement()
                .asString()
                .startsWith("PLAYTCHA-0032: ");
    }
}
