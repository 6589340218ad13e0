package com.playtcha.example.tomcat;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The newsletter. Its guard fails open, so the page has to ask the outcome how sure it may be. */
public class NewsletterServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        request.getRequestDispatcher("/WEB-INF/pages/newsletter.jsp").forward(request, response);
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        Fields fields = new Fields(request);
        String email = fields.email();
        if (!fields.problems().isEmpty()) {
            request.setAttribute("problems", fields.problems());
            response.setStatus(422);
            doGet(request, response);
            return;
        }
        // Your application stores the subscription here; one that is not VERIFIED, until a mail is answered, as
        // pending.
        request.setAttribute("email", email);
        request.getRequestDispatcher("/WEB-INF/pages/subscribed.jsp").forward(request, response);
    }
}
