package com.playtcha.example.inbox;

import com.playtcha.jakarta.late.LateUnavailableException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.SQLException;

/** The page's buttons. A POST does something and leads back to the page; a script may leave the page unread. */
public class ActionServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final int MOST_AT_ONCE = 100;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Inbox inbox = Inbox.of(getServletContext());
        try {
            boolean done = act(inbox, request);
            if (!done) {
                response.sendError(HttpServletResponse.SC_NOT_FOUND);
                return;
            }
        } catch (IllegalArgumentException e) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST);
            return;
        } catch (LateUnavailableException | SQLException e) {
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        response.setStatus(HttpServletResponse.SC_SEE_OTHER);
        response.setHeader("Location", request.getContextPath() + "/");
    }

    private static boolean act(Inbox inbox, HttpServletRequest request) throws IOException, SQLException {
        switch (request.getServletPath()) {
            case "/tasks" -> inbox.tasks().send(number(request, "count", 1, MOST_AT_ONCE));
            case "/trickle" -> inbox.tasks().setTrickling(request.getParameter("on") != null);
            case "/handler" -> {
                int failing = number(request, "failing", 0, 100);
                if (request.getParameter("givingUp") != null) {
                    inbox.effects().setGivingUp(number(request, "givingUp", 0, 100));
                }
                inbox.effects().setFailing(failing);
            }
            case "/retry" -> {
                return inbox.late().getDeadLetters().retry(id(request));
            }
            case "/discard" -> {
                return inbox.late().getDeadLetters().discard(id(request));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static String id(HttpServletRequest request) {
        String id = request.getParameter("id");
        if (id == null) {
            throw new IllegalArgumentException("no id");
        }
        return id;
    }

    private static int number(HttpServletRequest request, String name, int least, int most) {
        String value = request.getParameter(name);
        if (value == null || !value.matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException(name + " is no number");
        }
        int number = Integer.parseInt(value);
        if (number < least || number > most) {
            throw new IllegalArgumentException(name + " is from " + least + " to " + most);
        }
        return number;
    }
}
