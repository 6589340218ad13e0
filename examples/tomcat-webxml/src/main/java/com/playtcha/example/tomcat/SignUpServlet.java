package com.playtcha.example.tomcat;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * The sign-up. Its guard fails closed, so a POST that arrives here was verified; unless the operator of the application
 * chose otherwise, which the outcome then tells.
 */
public class SignUpServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        request.getRequestDispatcher("/WEB-INF/pages/signup.jsp").forward(request, response);
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        Fields fields = new Fields(request);
        String name = fields.name();
        String email = fields.email();
        if (!fields.problems().isEmpty()) {
            // The token is spent: the form comes with a fresh run of the widget.
            request.setAttribute("problems", fields.problems());
            response.setStatus(422);
            doGet(request, response);
            return;
        }
        // Your application creates the account here. Keep the outcome with it.
        String outcome = (String) request.getAttribute("playtcha.outcome");
        boolean degraded = (Boolean) request.getAttribute("playtcha.degraded");
        request.getSession().setAttribute("signUp", new SignUp(name, email, outcome, degraded));
        // Elsewhere, so that a reload does not send the form, and its spent token, once more.
        response.sendRedirect(request.getContextPath() + "/welcome");
    }
}
