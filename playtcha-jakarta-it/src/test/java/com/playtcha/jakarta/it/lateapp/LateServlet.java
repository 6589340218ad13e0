package com.playtcha.jakarta.it.lateapp;

import com.playtcha.jakarta.it.app.Report;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateMetrics;
import com.playtcha.jakarta.late.LateResults;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.SQLException;

/**
 * {@code /late/track?id=} and {@code /late/hold} do as they say; {@code /late/figures} reports counters and gauges,
 * {@code /late/effects} what the handler has done as well.
 */
public class LateServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        LateResults late = (LateResults) getServletContext().getAttribute(LateResults.ATTRIBUTE);
        Report report = new Report("late");
        switch (request.getPathInfo()) {
            case "/track" -> {
                LateItem item = late.getTasks().track(request.getParameter("id"));
                report.put("state", item.getState().name());
                report.put("tracked", Boolean.toString(item.isTracked()));
            }
            case "/hold" -> RecordingHandler.hold();
            case "/effects" -> effects(report);
            default -> {}
        }
        report.put("user", request.getRemoteUser());
        report.put("held", Integer.toString(RecordingHandler.waiting()));
        late.getMetrics().ifPresent(figures -> figures(figures, report));
        report.write(response);
    }

    private static void effects(Report report) throws ServletException {
        try {
            EffectTable.current().report(report);
        } catch (SQLException e) {
            throw new ServletException(e);
        }
    }

    private static void figures(LateMetrics figures, Report report) {
        report.put("pending", Long.toString(figures.getPending()));
        report.put("dead-letters", Long.toString(figures.getDeadLetters()));
        report.put("directory-files", Integer.toString(figures.getSpoolFiles()));
        figures.getCounters().forEach((name, count) -> report.put("counter." + name, Long.toString(count)));
    }
}
