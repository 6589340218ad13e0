package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.fuzz.FuzzTarget;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.TestSettings;
import com.playtcha.jakarta.internal.gate.PresentedToken;
import com.playtcha.jakarta.internal.request.BodyBudget;
import com.playtcha.jakarta.internal.request.TokenReader;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;

/** Any body that Jetty takes for a multipart one has a token of the right format or none, and no error of its is ours. */
class MultipartFuzzTest extends FuzzTarget {
    private static final String PART = "--b\r\nContent-Disposition: form-data; name=\"playtcha-response\"\r\n\r\n";

    private final Server server = new Server();
    private final LocalConnector connector = new LocalConnector(server);
    private final BodyBudget bodies = new BodyBudget();
    private final GuardSettings settings = TestSettings.guard(
            Map.of("secret", "sk_live_0123456789", "base-url", "https://api.example", "max-token-length", "20"));
    private volatile Object read;

    MultipartFuzzTest() throws Exception {
        // What Jetty's threads allocate is Jetty's.
        super(
                256 * 1024,
                100,
                PART + "tok-1\r\n--b--\r\n",
                "--b\r\nContent-Disposition: form-data; name=a; filename=\"f\"\r\nContent-Type: text/plain\r\n\r\nx\r\n"
                        + PART + "tok-1\r\n" + PART + "tok-2\r\n--b--");
        ServletHolder servlet = new ServletHolder(new TokenServlet());
        servlet.getRegistration().setMultipartConfig(new MultipartConfigElement("", 1 << 20, 1 << 20, 1 << 20));
        ServletContextHandler context = new ServletContextHandler();
        context.addServlet(servlet, "/");
        server.addConnector(connector);
        server.setHandler(context);
        server.start();
    }

    private final class TokenServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            try {
                read = TokenReader.read(new ServletTokenRequest(request, settings, bodies), settings);
            } catch (RuntimeException | Error e) {
                read = e;
            }
        }
    }

    @Override
    protected void read(byte[] input) throws Exception {
        byte[] head =
                ("POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=b"
                                + "\r\nContent-Length: " + input.length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer request = ByteBuffer.allocate(head.length + input.length)
                .put(head)
                .put(input)
                .flip();
        read = null;
        connector.getResponse(request, false, 10, TimeUnit.SECONDS);
        if (!(read instanceof PresentedToken token)) {
            throw new AssertionError("no token was read: " + read, read instanceof Throwable e ? e : null);
        } else if (token.problem() == null) {
            assertThat(token.value()).matches("[!-~]{1,20}");
        }
    }

    @Override
    public void close() throws Exception {
        server.stop();
    }
}
