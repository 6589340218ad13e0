package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.GuardSettings.ProxySetting;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.routing.SystemDefaultRoutePlanner;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;

/**
 * The host and path of calls, and the proxy on the way.
 *
 * @param route target and proxy; https goes through a proxy by a CONNECT tunnel only
 * @param authority for the {@code Host} header
 * @param path of the request; a guard's is {@code /v1/verify} below the base URL's own path
 * @param proxyAuthorization the header's line for the proxy, or ""
 */
public record Target(HttpRoute route, String authority, String path, String proxyAuthorization) {
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Target that
                && route.equals(that.route)
                && authority.equals(that.authority)
                && path.equals(that.path)
                && proxyAuthorization.equals(that.proxyAuthorization);
    }

    @Override
    public int hashCode() {
        return Objects.hash(route, authority, path, proxyAuthorization);
    }

    /** The generated one would show the proxy's credentials. */
    @Override
    public String toString() {
        return "Target[" + route + ", " + path + "]";
    }

    /** Returns the target of an enabled guard. Asks the platform for its proxy now, if none is set. */
    public static Target of(GuardSettings settings) {
        URI base = settings.baseUrl();
        String prefix = base.getRawPath() == null ? "" : base.getRawPath();
        return of(base, prefix + "/v1/verify", settings.proxy());
    }

    /** Returns the target of an http or https URL without its query. Asks the platform for its proxy now. */
    static Target of(URI url, ProxySetting setting) {
        String path = url.getRawPath();
        return of(url, path == null || path.isEmpty() ? "/" : path, setting);
    }

    private static Target of(URI url, String path, ProxySetting setting) {
        boolean secure = "https".equals(url.getScheme().toLowerCase(Locale.ROOT));
        int port = url.getPort() > 0 ? url.getPort() : secure ? 443 : 80;
        HttpHost host = new HttpHost(secure ? "https" : "http", bare(url.getHost()), port);
        HttpHost proxy = null;
        String authorization = "";
        if (setting.isNamed()) {
            proxy = new HttpHost("http", bare(setting.host()), setting.port());
            authorization = authorization(setting);
        } else if (setting.equals(ProxySetting.PLATFORM) && secure) {
            proxy = platformProxy(host);
        }
        HttpRoute route = proxy == null ? new HttpRoute(host, null, secure) : new HttpRoute(host, null, proxy, secure);
        return new Target(route, url.getRawAuthority(), path, authorization);
    }

    /** Equal for targets that share a throttle window: Playtcha throttles by the address that calls come from. */
    public String throttleKey() {
        return route.getTargetHost() + path + " via " + route.getProxyHost();
    }

    /** Host and port, for the log. */
    public String host() {
        return route.getTargetHost().toHostString();
    }

    boolean isProxied() {
        return route.getProxyHost() != null;
    }

    /** Returns what a request line names: an absolute URI for a proxy without a tunnel. */
    String requestTarget(String requestPath) {
        return isProxied() && !route.isTunnelled() ? route.getTargetHost().toURI() + requestPath : requestPath;
    }

    /** Returns the header lines that all requests have. */
    String headers() {
        return "Host: " + authority + "\r\nUser-Agent: " + CallExecutor.USER_AGENT + "\r\nAccept: application/json\r\n"
                + (route.isTunnelled() ? "" : proxyAuthorization);
    }

    private static String authorization(ProxySetting proxy) {
        byte[] credentials = proxy.credentials().getBytes(StandardCharsets.UTF_8);
        return credentials.length == 0
                ? ""
                : "Proxy-Authorization: Basic " + Base64.getEncoder().encodeToString(credentials) + "\r\n";
    }

    /** Java's own rules: {@code https.proxyHost}, {@code http.nonProxyHosts}, or the server's selector. */
    private static @Nullable HttpHost platformProxy(HttpHost host) {
        try {
            return new SystemDefaultRoutePlanner(null)
                    .determineRoute(host, HttpClientContext.create())
                    .getProxyHost();
        } catch (HttpException e) {
            throw new IllegalStateException("The platform's proxy for " + host + " cannot be used", e);
        }
    }

    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
