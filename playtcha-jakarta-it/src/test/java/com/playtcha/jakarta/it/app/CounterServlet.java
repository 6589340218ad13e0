package com.playtcha.jakarta.it.app;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Says how often {@link EchoServlet} was reached. Never guarded. */
public class CounterServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Report report = new Report("counter");
        report.put("reached", Integer.toString(Counter.of(getServletContext()).reached()));
        report.write(response);
    }
}
