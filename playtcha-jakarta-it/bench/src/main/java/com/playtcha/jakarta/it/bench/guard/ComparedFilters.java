package com.playtcha.jakarta.it.bench.guard;

import com.playtcha.jakarta.it.bench.HttpText;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** The filters that the library is compared with. All of them fail open, as Playtcha's own page tells applications to. */
public final class ComparedFilters {
    public static final String SECRET = "bench-secret-0123456789";
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int POOL_SIZE = 64;

    private ComparedFilters() {}

    /** What a filter makes of a response. */
    public enum Verdict {
        GOOD,
        REFUSED,
        UNAVAILABLE;

        static Verdict of(int status, boolean success) {
            return status >= 500 ? UNAVAILABLE : status / 100 == 2 && success ? GOOD : REFUSED;
        }
    }

    /** Parameter, call, status: the part that all of them share. */
    abstract static class CheckingFilter extends HttpFilter {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            String token = request.getMethod().equals("POST") ? request.getParameter("playtcha-response") : "";
            if (token == null) {
                response.sendError(400);
                return;
            }
            Verdict verdict;
            try {
                verdict = token.isEmpty() ? Verdict.GOOD : verify(token);
            } catch (IOException e) {
                verdict = Verdict.UNAVAILABLE;
            }
            if (verdict == Verdict.REFUSED) {
                response.sendError(403);
            } else {
                chain.doFilter(request, response);
            }
        }

        abstract Verdict verify(String token) throws IOException;
    }

    /** As a user writes it with HttpClient 5 and JSON-B: one pooled client, a timeout, and the answer as a map. */
    public static final class HandWritten extends CheckingFilter {
        private static final long serialVersionUID = 1L;

        private final transient Jsonb jsonb = JsonbBuilder.create();
        private final transient CloseableHttpClient client;
        private final String url;

        HandWritten(String baseUrl) {
            this(baseUrl, TIMEOUT, POOL_SIZE, null);
        }

        public HandWritten(String baseUrl, Duration timeout, int poolSize, @Nullable URI proxy) {
            this.url = baseUrl + "/v1/verify";
            this.client = HttpClients.custom()
                    .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                            .setMaxConnPerRoute(poolSize)
                            .setMaxConnTotal(poolSize)
                            .setDefaultConnectionConfig(ConnectionConfig.custom()
                                    .setConnectTimeout(Timeout.of(timeout.dividedBy(2)))
                                    .build())
                            .build())
                    .setDefaultRequestConfig(RequestConfig.custom()
                            .setResponseTimeout(Timeout.of(timeout))
                            .setConnectionRequestTimeout(Timeout.of(timeout))
                            .build())
                    .setProxy(proxy == null ? null : HttpHost.create(proxy))
                    .build();
        }

        @Override
        public void destroy() {
            client.close(CloseMode.IMMEDIATE);
        }

        @Override
        public Verdict verify(String token) throws IOException {
            HttpPost post = new HttpPost(url);
            String body = jsonb.toJson(Map.of("secret", SECRET, "token", token));
            post.setEntity(new StringEntity(body, ContentType.APPLICATION_JSON));
            return client.execute(post, response -> {
                String text = EntityUtils.toString(response.getEntity());
                boolean success = response.getCode() / 100 == 2
                        && Boolean.TRUE.equals(jsonb.fromJson(text, Map.class).get("success"));
                return Verdict.of(response.getCode(), success);
            });
        }
    }

    /** The same with the JDK's client. */
    static final class JdkClient extends CheckingFilter {
        private static final long serialVersionUID = 1L;

        private final transient Jsonb jsonb = JsonbBuilder.create();
        private final transient HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        private final URI url;

        JdkClient(String baseUrl) {
            this.url = URI.create(baseUrl + "/v1/verify");
        }

        @Override
        Verdict verify(String token) throws IOException {
            String body = jsonb.toJson(Map.of("secret", SECRET, "token", token));
            HttpRequest request = HttpRequest.newBuilder(url)
                    .timeout(TIMEOUT)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            try {
                HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
                boolean success = response.statusCode() / 100 == 2
                        && Boolean.TRUE.equals(
                                jsonb.fromJson(response.body(), Map.class).get("success"));
                return Verdict.of(response.statusCode(), success);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException();
            }
        }
    }

    /** The floor: kept sockets, no deadline, and no check of the connection or of what the answer holds beyond a word. */
    static final class BareSocket extends CheckingFilter {
        private static final long serialVersionUID = 1L;

        private final transient Queue<Socket> idle = new ConcurrentLinkedQueue<>();
        private final URI base;

        BareSocket(String baseUrl) {
            this.base = URI.create(baseUrl);
        }

        @Override
        Verdict verify(String token) throws IOException {
            Socket socket = idle.poll();
            if (socket == null) {
                socket = new Socket(base.getHost(), base.getPort());
                socket.setTcpNoDelay(true);
                socket.setSoTimeout((int) TIMEOUT.toMillis());
            }
            String body = "{\"secret\":\"" + SECRET + "\",\"token\":\"" + token + "\"}";
            String request = "POST " + base.getPath() + "/v1/verify HTTP/1.1\r\nHost: " + base.getAuthority()
                    + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            byte[] bytes = new byte[1024];
            String response = "";
            while (!HttpText.isComplete(response)) {
                int count = in.read(bytes);
                if (count < 0) {
                    throw new IOException("closed");
                }
                response += new String(bytes, 0, count, StandardCharsets.US_ASCII);
            }
            idle.add(socket);
            return response.endsWith("{\"success\":true}") ? Verdict.GOOD : Verdict.REFUSED;
        }
    }
}
