package com.playtcha.jakarta.it.app;

import jakarta.servlet.ServletContext;
import java.util.concurrent.atomic.AtomicInteger;

/** How often the application was reached, whatever became of the answer. */
final class Counter {
    private final AtomicInteger reached = new AtomicInteger();

    private Counter() {}

    static Counter of(ServletContext context) {
        synchronized (Counter.class) {
            String name = Counter.class.getName();
            if (!(context.getAttribute(name) instanceof Counter)) {
                context.setAttribute(name, new Counter());
            }
            return (Counter) context.getAttribute(name);
        }
    }

    void countReached() {
        reached.incrementAndGet();
    }

    int reached() {
        return reached.get();
    }
}
