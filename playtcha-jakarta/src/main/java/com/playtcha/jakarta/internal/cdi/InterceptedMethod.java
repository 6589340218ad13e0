package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.internal.annotation.GuardAnnotations;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import java.lang.reflect.Method;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * A guarded method of a bean's class, with its guard and the index of the parameter that is the token. Public for proxies
 * only.
 */
public record InterceptedMethod(
        Class<?> bean,
        Method method,
        @Nullable String guardName,
        int tokenParameter,
        boolean locator,
        boolean ofRestApplication,
        boolean asynchronous) {
    static final int NO_PARAMETER = -1;

    static InterceptedMethod of(Class<?> bean, Method method) {
        PlaytchaProtected onMethod = GuardAnnotations.on(method);
        Class<?> type = method.getDeclaringClass();
        Collection<Method> overridden = GuardAnnotations.overridden(type, method);
        return new InterceptedMethod(
                bean,
                method,
                onMethod == null ? GuardAnnotations.guardOf(bean) : onMethod.value(),
                tokenParameter(overridden),
                GuardAnnotations.isAnnotated(type, method, "jakarta.ws.rs.Path")
                        && !GuardAnnotations.isAnnotated(type, method, "jakarta.ws.rs.HttpMethod"),
                overridden.stream()
                        .anyMatch(each -> each.getDeclaringClass().getName().equals("jakarta.ws.rs.core.Application")),
                GuardAnnotations.isAnnotated(type, method, "jakarta.enterprise.concurrent.Asynchronous"));
    }

    /** Returns the index of the marked parameter. The marks of overridden methods count as well. */
    private static int tokenParameter(Collection<Method> overridden) {
        for (Method each : overridden) {
            for (int i = 0; i < each.getParameterCount(); i++) {
                if (GuardAnnotations.isToken(each.getParameters()[i])) {
                    return i;
                }
            }
        }
        return NO_PARAMETER;
    }

    /**
     * Returns whether the Jakarta REST filters guard this call: they have admitted the request to this method; or the method
     * is a sub-resource locator or one of an {@code Application}, whose annotation guards resources. False for a method
     * with a token parameter, since that may differ from the request's token.
     */
    boolean isGuardedByRest(RequestVerifications verifications) {
        return tokenParameter == NO_PARAMETER
                && (ofRestApplication
                        || verifications.rest().isGuardedByRest(bean, method)
                        || locator && verifications.rest().isMatching());
    }

    /** Returns the name of the guard of the method or its class. */
    String guard() {
        if (guardName == null) {
            throw new IllegalStateException("The guard of " + method
                    + " cannot be determined: put @PlaytchaProtected on the method or its class");
        }
        return guardName;
    }
}
