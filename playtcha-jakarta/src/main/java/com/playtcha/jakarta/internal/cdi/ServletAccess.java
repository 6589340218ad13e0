package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.internal.challenge.Caller;
import com.playtcha.jakarta.internal.runtime.PlaytchaApplication;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** CDI's access to the Servlet API: a bean where that API is present. */
public interface ServletAccess {
    /** Access to the attributes of one servlet request and who sends it; setting null removes an attribute. */
    record RequestAttributes(
            Function<String, @Nullable Object> getter, BiConsumer<String, @Nullable Object> setter, Caller caller) {}

    /**
     * Adds the context-params to the application's settings if the payload of CDI's event is a servlet context. Returns
     * false if such a context starts later with settings of its own.
     */
    boolean prepare(PlaytchaApplication application, Object initialized);

    /** Returns the attributes of the current servlet request, or null if there is none. */
    @Nullable
    RequestAttributes currentRequest();
}
