package com.playtcha.jakarta.it.client;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Loads the class that opens HttpClient's connections by default, and says how that went. */
@WebServlet("/client")
public class ClientServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final String OPERATOR = "org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator";

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String said;
        try {
            said = Class.forName(OPERATOR, true, getClass().getClassLoader()).getName();
        } catch (ClassNotFoundException | LinkageError e) {
            said = e.toString();
        }
        response.getWriter().write(said);
    }
}
