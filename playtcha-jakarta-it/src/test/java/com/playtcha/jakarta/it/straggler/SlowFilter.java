package com.playtcha.jakarta.it.straggler;

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

/** Stands before the guard, and lets requests on when the application has ended. */
public class SlowFilter implements Filter, ServletContextListener {
    private static final CountDownLatch ENDED = new CountDownLatch(1);
    private static final CountDownLatch WENT_ON = new CountDownLatch(1);

    /** How many requests are here. */
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
            WENT_ON.countDown();
        }
    }

    /** Of those who listen, the first in web.xml hears this last. The class loader is stopped after that. */
    @Override
    public void contextDestroyed(ServletContextEvent event) {
        ENDED.countDown();
        try {
            if (!WENT_ON.await(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("the request did not go on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
