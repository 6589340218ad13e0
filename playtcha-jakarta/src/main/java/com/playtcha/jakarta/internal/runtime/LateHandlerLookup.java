package com.playtcha.jakarta.internal.runtime;

import com.playtcha.jakarta.internal.late.engine.HandlerInvoker;
import com.playtcha.jakarta.internal.late.engine.NoHandlerException;
import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import org.jspecify.annotations.Nullable;

/**
 * Finds the application's handler when a result is to be handed over, and sets the stage for it: the application's class
 * loader, CDI's request context. Set in code, else the bean, else the service of the class path.
 */
final class LateHandlerLookup implements LateResultHandler, HandlerInvoker {
    private final LateResultsFacade front;
    private final @Nullable ClassLoader loader;

    LateHandlerLookup(LateResultsFacade front, @Nullable ClassLoader loader) {
        this.front = front;
        this.loader = loader;
    }

    /** Null where there is none; throws what says that there is none any more. */
    @Nullable
    LateResultHandler find() throws NoHandlerException {
        LateResultHandler ofCode = front.handlerOfCode();
        if (ofCode != null) {
            return ofCode;
        }
        HandlerProvider beans = front.beans();
        LateResultHandler bean = beans == null ? null : beans.handler();
        return bean != null ? bean : front.services().find(loader);
    }

    @Override
    public void handle(LateResult result, Delivery delivery) throws Exception {
        LateResultHandler handler = find();
        if (handler == null) {
            if (front.hasEnded()) {
                throw new NoHandlerException("the application has ended");
            }
            throw new NoHandlerException("this application has no LateResultHandler: make one a CDI bean, name it in"
                    + " META-INF/services, or call LateResults.setHandler");
        }
        handler.handle(result, delivery);
    }

    @Override
    public void invoke(Call call) throws Exception {
        HandlerProvider beans = front.beans();
        Call within = beans == null ? call : () -> beans.within(call);
        if (loader == null) {
            within.run();
        } else {
            HandlerInvoker.with(loader).invoke(within);
        }
    }
}
