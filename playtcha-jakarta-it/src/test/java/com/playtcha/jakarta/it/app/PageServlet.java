package com.playtcha.jakarta.it.app;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The application's error page, and the page of {@code failure-path}: says what it finds, and as which of the two. */
public class PageServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Report report = new Report(getServletName());
        report.request(request);
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        report.put("error-status", status == null ? null : status.toString());
        Object message = request.getAttribute(RequestDispatcher.ERROR_MESSAGE);
        report.put("error-message", message == null ? null : message.toString());
        if (getInitParameter("status") != null) {
            response.setStatus(Integer.parseInt(getInitParameter("status")));
        }
        report.write(response);
    }
}
