package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import jakarta.annotation.Priority;
import jakarta.interceptor.Interceptor;

/**
 * Guards methods with {@code @Asynchronous} of Jakarta Concurrency, whose interceptor has the next priority: behind it, the
 * call is on another thread, without the request and what guards found in it. Public for CDI only.
 */
@Interceptor
@PlaytchaProtected
@Priority(Interceptor.Priority.PLATFORM_BEFORE + 4)
public class AsynchronousInterceptor extends ProtectedInterceptor {
    private static final long serialVersionUID = 1L;

    /** For CDI. */
    public AsynchronousInterceptor() {
        super(true);
    }
}
