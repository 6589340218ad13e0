package com.playtcha.jakarta.it.challengeapp;

import com.playtcha.jakarta.Outcome;
import com.playtcha.jakarta.PlaytchaGuards;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.servlet.SessionPass;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * Behind guards at {@code /who/<guard>} it answers {@code required outcome reason allowed}; with a query, it has accepted the
 * form. Unguarded at {@code /does/<action>} it does what an application may do.
 */
public class WhoServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private static final ConcurrentLinkedQueue<String> HEARD = new ConcurrentLinkedQueue<>();

    @Override
    public void init() {
        guards().addListener((guard, verification) -> {
            if (verification.getOutcome() == Outcome.EXEMPT) {
                HEARD.add(guard + " " + verification.getReason().getLabel());
            }
        });
    }

    private PlaytchaGuards guards() {
        return (PlaytchaGuards) getServletContext().getAttribute(PlaytchaGuards.ATTRIBUTE);
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        String page = request.getServletPath() + (request.getPathInfo() == null ? "" : request.getPathInfo());
        response.setContentType("text/plain");
        if (!page.startsWith("/does/")) {
            if (request.getQueryString() != null) {
                SessionPass.end(request);
            }
            response.getWriter().print(told(request));
            return;
        }
        response.getWriter().print(does(page.substring("/does/".length()), request));
    }

    private static String told(HttpServletRequest request) {
        @Nullable Object known = request.getAttribute("playtcha");
        return request.getAttribute("playtcha.required") + " " + request.getAttribute("playtcha.outcome") + " "
                + (known instanceof Verification verification
                        ? verification.getReason().getLabel()
                        : null)
                + " " + request.getAttribute("playtcha.allowed");
    }

    private String does(String action, HttpServletRequest request) {
        String address = request.getParameter("address");
        String name = request.getParameter("name");
        switch (action) {
            case "session" -> request.getSession(true).setAttribute("cart", "full");
            case "change" -> request.changeSessionId();
            case "invalidate" -> request.getSession().invalidate();
            case "record" -> guards().failures().record(address, name);
            case "clear" -> guards().failures().clear(address, name);
            case "count" -> {
                return Integer.toString(guards().failures().count(address, name));
            }
            case "heard" -> {
                return String.join("\n", HEARD);
            }
            case "exempt" -> {
                return counted(request.getParameter("guard"));
            }
            default -> throw new IllegalArgumentException(action);
        }
        return request.getSession(false) == null ? "no session" : "session";
    }

    /** What JMX says of the guards of this name, in whatever applications. */
    private static String counted(String guard) {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        long exempt = 0;
        try {
            for (ObjectName name :
                    server.queryNames(new ObjectName("com.playtcha.jakarta:type=Guard,name=" + guard + ",*"), null)) {
                exempt += ((Number) server.getAttribute(name, "Exempt")).longValue();
            }
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
        return Long.toString(exempt);
    }
}
