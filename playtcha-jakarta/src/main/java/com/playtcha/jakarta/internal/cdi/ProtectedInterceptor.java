package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.PlaytchaDeniedException;
import com.playtcha.jakarta.Reason;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.internal.challenge.Caller;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.gate.PresentedToken;
import com.playtcha.jakarta.internal.request.EventLoop;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Guards calls of methods that {@link PlaytchaProtected} marks, before the application's own interceptors. CDI does not
 * intercept constructors, lifecycle callbacks, and calls of a bean's own methods. Public for CDI only.
 */
@Interceptor
@PlaytchaProtected
@Priority(Interceptor.Priority.LIBRARY_BEFORE)
public class ProtectedInterceptor implements Serializable {
    private static final long serialVersionUID = 1L;

    // Client proxies, which are serialized with a bean that a session holds.
    @Inject
    CdiApplication application;

    @Inject
    CurrentVerification current;

    private final boolean beforeAsynchronous;

    /** For CDI. */
    public ProtectedInterceptor() {
        this(false);
    }

    /** Creates the interceptor of asynchronous methods, or that of all others. */
    ProtectedInterceptor(boolean beforeAsynchronous) {
        this.beforeAsynchronous = beforeAsynchronous;
    }

    /**
     * Proceeds with an allowed call.
     *
     * @throws PlaytchaDeniedException where the guard denies the call and its {@code mode} is {@code enforce}
     */
    @AroundInvoke
    Object guard(InvocationContext call) throws Exception {
        InterceptedMethod method = application.guarded(call.getTarget().getClass(), call.getMethod());
        // Outside of a request, the call and those that it makes share the verifications of a context of their own.
        return method.asynchronous() == beforeAsynchronous
                ? application.inRequestContext(() -> guard(call, method, current.verifications()))
                : call.proceed();
    }

    private Object guard(InvocationContext call, InterceptedMethod method, RequestVerifications verifications)
            throws Exception {
        if (method.isGuardedByRest(verifications)) {
            return call.proceed();
        }
        Guard guard;
        Verification decision;
        try {
            EventLoop.requireBlockingAllowed();
            guard = application.application().guard(method.guard());
            decision = decide(call, method, guard, verifications);
        } catch (Throwable error) {
            verifications.fail(current.caller());
            throw error;
        }
        if (!decision.isAllowed() && !guard.settings().isMonitoring()) {
            throw new PlaytchaDeniedException(guard.settings().name(), decision);
        }
        return call.proceed();
    }

    private Verification decide(
            InvocationContext call, InterceptedMethod method, Guard guard, RequestVerifications verifications) {
        Caller caller = current.caller();
        Reason exemption = verifications.exemption(guard, caller);
        if (exemption != null) {
            return verifications.verify(guard, PresentedToken.notRequired(exemption), caller);
        }
        int parameter = method.tokenParameter();
        if (parameter == InterceptedMethod.NO_PARAMETER) {
            return verifications.verifyOrReuse(guard, PresentedToken.ABSENT, caller);
        }
        @Nullable String token = (String) call.getParameters()[parameter];
        List<String> values = token == null ? List.of() : List.of(token);
        return verifications.verify(
                guard, PresentedToken.of(values, guard.settings().get(Setting.MAX_TOKEN_LENGTH)), caller);
    }
}
