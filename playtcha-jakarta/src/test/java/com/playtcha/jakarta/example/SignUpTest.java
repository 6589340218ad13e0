package com.playtcha.jakarta.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.playtcha.jakarta.servlet.PlaytchaFilter;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.Reply;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SignUpTest {
    /** In place of your own servlet. */
    static class SignUpServlet extends HttpServlet {
        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) {
            response.setHeader("Outcome", (String) request.getAttribute("playtcha.outcome"));
        }
    }

    final HttpClient visitor = HttpClient.newHttpClient();
    final PlaytchaStandIn playtcha = PlaytchaStandIn.start();
    final Server server = new Server(new InetSocketAddress("127.0.0.1", 0));

    @BeforeEach
    void start() throws Exception {
        ServletContextHandler application = new ServletContextHandler("/");
        application.setInitParameter("playtcha.base-url", playtcha.baseUrl().toString());
        application.setInitParameter("playtcha.secret", playtcha.secret());
        FilterHolder filter = new FilterHolder(PlaytchaFilter.class);
        filter.setAsyncSupported(true);
        application.addFilter(filter, "/signup", EnumSet.of(DispatcherType.REQUEST));
        application.addServlet(new ServletHolder(new SignUpServlet()), "/signup");
        server.setHandler(application);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
        playtcha.close();
    }

    @Test
    void aTokenIsAcceptedOnce() throws Exception {
        assertEquals(200, signUp("ok-1").statusCode());
        assertEquals(403, signUp("ok-1").statusCode());
        assertEquals("ok-1", playtcha.lastRequest().orElseThrow().token());
    }

    @Test
    void visitorsAreAllowedUnverifiedWhilePlaytchaIsDown() throws Exception {
        playtcha.refuse();

        HttpResponse<String> response = signUp("ok-2");

        assertEquals(200, response.statusCode());
        assertEquals("UNAVAILABLE", response.headers().firstValue("Outcome").orElseThrow());
    }

    @Test
    void visitorsAreToldToWaitWhilePlaytchaThrottles() throws Exception {
        playtcha.script(Reply.error(429, "rate_limited_ip", "Too many requests").header("Retry-After", "20"));

        assertEquals(503, signUp("ok-3").statusCode());
        assertTrue(signUp("ok-4").headers().firstValue("Retry-After").isPresent());
        assertEquals(1, playtcha.requestCount());
    }

    private HttpResponse<String> signUp(String token) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.getURI().resolve("/signup"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("playtcha-response=" + token))
                .build();
        return visitor.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
