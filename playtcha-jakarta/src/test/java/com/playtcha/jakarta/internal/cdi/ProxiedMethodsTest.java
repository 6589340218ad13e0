package com.playtcha.jakarta.internal.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Observes;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where a server's class loader has the library, as that of a WildFly module does, Weld defines client proxies in the
 * application's, and a call of a method that is not public runs on the proxy, whose fields are empty.
 */
class ProxiedMethodsTest {
    @ParameterizedTest
    @ValueSource(classes = {PlaytchaExtension.class, CdiApplication.class, CurrentVerification.class, Producers.class})
    void methodsThatBeansCallArePublic(Class<?> proxied) {
        assertThat(Stream.of(proxied.getDeclaredMethods())
                        .filter(method -> !method.isSynthetic()
                                && (method.getModifiers() & (Modifier.STATIC | Modifier.PRIVATE)) == 0
                                && !isCalledByContainer(method)))
                .allMatch(method -> Modifier.isPublic(method.getModifiers()));
    }

    private static boolean isCalledByContainer(Method method) {
        return method.isAnnotationPresent(PostConstruct.class)
                || method.isAnnotationPresent(PreDestroy.class)
                || Stream.of(method.getParameters()).anyMatch(each -> each.isAnnotationPresent(Observes.class));
    }
}
