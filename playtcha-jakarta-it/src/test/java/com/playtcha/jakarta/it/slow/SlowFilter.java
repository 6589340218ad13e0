package com.playtcha.jakarta.it.slow;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Runs before the guard and continues a request when the application has ended. */
public class SlowFilter implements Filter, ServletContextListener {
    private static final CountDownLatch ENDED = new CountDownLatch(1);
    private static final CountDownLatch CONTINUED = new CountDownLatch(1);

    /** The number of requests that wait. */
    static volatile int waiting;

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getParameter("slow") == null) {
            chain.doFilter(request, response);
            return;
        }
        try {
            waiting = 1;
            if (!ENDED.await(1, TimeUnit.MINUTES)) {
                throw new ServletException("the application did not end");
            }
            chain.doFilter(request, response);
        } catch (InterruptedException e) {
            throw new ServletException(e);
        } finally {
            CONTINUED.countDown();
        }
    }

    /** Called last, because this listener is the first in web.xml; the class loader is closed after it. */
    @Override
    public void contextDestroyed(ServletContextEvent event) {
        ENDED.countDown();
        try {
            if (!CONTINUED.await(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("the request did not continue");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
