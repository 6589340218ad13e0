package com.playtcha.jakarta.it.app;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Says what it received. With {@code read=reader}, {@code read=listener} or {@code read=parts} in the query it reads the
 * body that way, else as a stream.
 */
public class EchoServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        Counter.of(getServletContext()).countReached();
        Report report = new Report("application");
        report.request(request);
        String query = request.getQueryString() == null ? "" : request.getQueryString();
        if (query.contains("read=listener")) {
            BodyListener.read(request, report);
            return;
        }
        if (query.contains("read=parts")) {
            report.parts(request);
        } else if (query.contains("read=reader")) {
            report.reader(request);
        } else if (query.contains("read=params")) {
            report.parameters(request);
        } else {
            report.stream(request);
            report.parameters(request);
        }
        report.write(response);
    }
}
