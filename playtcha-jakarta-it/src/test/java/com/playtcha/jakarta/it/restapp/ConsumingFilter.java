package com.playtcha.jakarta.it.restapp;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;

/** Reads the parameters, as many a filter does, so that the body of a form is gone. */
public class ConsumingFilter implements Filter {
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        request.setAttribute("seen-before", request.getParameter("name"));
        chain.doFilter(request, response);
    }
}
