package com.playtcha.jakarta.it.app;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Passes a request on inside the application: {@code …/forward?/target}, {@code …/include?/target},
 * {@code …/async?/target}, {@code …/fail} (an exception) and {@code …/error} ({@code sendError}).
 */
public class DispatchServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        String uri = request.getRequestURI();
        String how = uri.substring(uri.lastIndexOf('/') + 1);
        String target = String.valueOf(request.getQueryString());
        switch (how) {
            case "forward" -> request.getRequestDispatcher(target).forward(request, response);
            case "include" -> {
                response.setContentType("text/plain");
                response.getOutputStream().print("before;");
                request.getRequestDispatcher(target).include(request, response);
                response.getOutputStream().print(";after");
            }
            case "async" -> {
                if (request.getDispatcherType() != DispatcherType.ASYNC) {
                    AsyncContext async = request.startAsync();
                    async.dispatch(target);
                }
            }
            case "fail" -> throw new ServletException("the application's own failure");
            default -> response.sendError(HttpServletResponse.SC_CONFLICT, "the application's own conflict");
        }
    }
}
