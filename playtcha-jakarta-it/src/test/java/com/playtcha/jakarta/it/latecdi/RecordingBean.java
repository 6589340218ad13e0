package com.playtcha.jakarta.it.latecdi;

import com.playtcha.jakarta.it.lateapp.RecordingHandler;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.security.Principal;

/** Records late results and what is injected. */
@ApplicationScoped
public class RecordingBean implements LateResultHandler {
    @Inject
    private Call call;

    @Inject
    private Instance<Principal> caller;

    @Override
    public void handle(LateResult result, Delivery delivery) throws Exception {
        RecordingHandler.take(
                result,
                delivery,
                "bean " + RecordingHandler.circumstances() + " call=" + call.use() + " caller=" + name());
    }

    /** Outside of requests, not every server has one to inject. */
    private String name() {
        try {
            return caller.get().getName();
        } catch (RuntimeException e) {
            return "unknown here";
        }
    }
}
