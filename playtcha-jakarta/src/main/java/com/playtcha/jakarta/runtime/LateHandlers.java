package com.playtcha.jakarta.runtime;

import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import com.playtcha.jakarta.late.engine.HandlerInvoker;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Finds the application's handler when a result is to be handed over, and sets the stage for it: the application's class
 * loader, CDI's request context. Set in code, else the bean, else the service of the class path.
 */
final class LateHandlers implements LateResultHandler, HandlerInvoker {
    private final LateFront front;
    private final @Nullable ClassLoader loader;
    private @Nullable List<LateResultHandler> services;

    LateHandlers(LateFront front, @Nullable ClassLoader loader) {
        this.front = front;
        this.loader = loader;
    }

    /** Null where there is none. */
    @Nullable
    LateResultHandler find() {
        LateResultHandler ofCode = front.handlerOfCode();
        if (ofCode != null) {
            return ofCode;
        }
        LateBeans beans = front.beans();
        LateResultHandler bean = beans == null ? null : beans.handler();
        return bean != null ? bean : service();
    }

    private synchronized @Nullable LateResultHandler service() {
        List<LateResultHandler> known = services;
        if (known == null) {
            known = new ArrayList<>();
            try {
                ServiceLoader.load(LateResultHandler.class, loader).forEach(known::add);
            } catch (ServiceConfigurationError e) {
                throw new IllegalStateException(
                        "META-INF/services names a LateResultHandler that cannot be used: " + e.getMessage(), e);
            }
            services = known;
        }
        if (known.size() > 1) {
            throw new IllegalStateException("META-INF/services names more than one LateResultHandler: "
                    + known.stream().map(each -> each.getClass().getName()).toList()
                    + ". One application has one; set it in code, or leave one");
        }
        return known.isEmpty() ? null : known.get(0);
    }

    @Override
    public void handle(LateResult result, Delivery delivery) throws Exception {
        LateResultHandler handler = find();
        if (handler == null) {
            throw new IllegalStateException("this application has no LateResultHandler: make one a CDI bean, name it in"
                    + " META-INF/services, or call LateResults.setHandler");
        }
        handler.handle(result, delivery);
    }

    @Override
    public void invoke(Call call) throws Exception {
        LateBeans beans = front.beans();
        Call within = beans == null ? call : () -> beans.within(call);
        if (loader == null) {
            within.run();
        } else {
            HandlerInvoker.with(loader).invoke(within);
        }
    }
}
