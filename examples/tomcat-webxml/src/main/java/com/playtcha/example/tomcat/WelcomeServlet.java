package com.playtcha.example.tomcat;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;

/** Where a sign-up leads. The request attributes were those of the POST; what is to be shown waits in the session. */
public class WelcomeServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        HttpSession session = request.getSession(false);
        Object signUp = session == null ? null : session.getAttribute("signUp");
        if (signUp == null) {
            response.sendRedirect(request.getContextPath() + "/signup");
            return;
        }
        request.setAttribute("signUp", signUp);
        response.setHeader("Cache-Control", "no-store");
        request.getRequestDispatcher("/WEB-INF/pages/welcome.jsp").forward(request, response);
    }
}
