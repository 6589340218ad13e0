package com.playtcha.jakarta.it.probe;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Says what it sees of the process that it runs in: {@code /pid}, {@code /java-home}, {@code /threads} (their names), or
 * {@code /classes} (a histogram of what is alive after a full collection). {@code /crowd} answers when every thread that
 * answers requests is at it ({@link ThreadBarrier}).
 */
public class ProbeServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        response.setContentType("text/plain");
        response.setCharacterEncoding("UTF-8");
        response.getWriter().write(answer(request.getServletPath(), request.getQueryString()));
    }

    private static String answer(String question, String query) throws ServletException {
        return switch (question) {
            case "/pid" -> Long.toString(ProcessHandle.current().pid());
            case "/java-home" -> System.getProperty("java.home");
            case "/threads" -> threads();
            case "/crowd" -> ThreadBarrier.join(query);
            case "/classes" -> classes();
            default -> throw new ServletException(question);
        };
    }

    private static String threads() {
        StringBuilder names = new StringBuilder();
        Thread.getAllStackTraces()
                .keySet()
                .forEach(thread -> names.append(thread.getName()).append('\n'));
        return names.toString();
    }

    private static String classes() throws ServletException {
        try {
            return (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
        } catch (JMException e) {
            throw new ServletException(e);
        }
    }
}
