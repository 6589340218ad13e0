package com.playtcha.jakarta.internal.http;

import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.GuardSettings.ProxySetting;
import com.playtcha.jakarta.internal.config.Setting;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host and path of calls, and the proxy on the way.
 *
 * @param route target and proxy; https goes through a proxy by a CONNECT tunnel only
 * @param authority for the {@code Host} header
 * @param path of the request; a guard's is {@code /v1/verify} below the base URL's own path
 * @param proxyAuthorization the header's line for the proxy, or ""
 */
public record Target(HttpRoute route, String authority, String path, String proxyAuthorization) {
    private static final Logger LOG = LoggerFactory.getLogger(Target.class);

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
        return of(base, prefix + "/v1/verify", settings.get(Setting.PROXY));
    }

    /** Returns the target of an http or https URL without its query. Asks the platform for its proxy now. */
    static Target of(URI url, ProxySetting setting) {
        String path = url.getRawPath();
        return of(url, path == null || path.isEmpty() ? "/" : path, setting);
    }

    private static Target of(URI url, String path, ProxySetting setting) {
        boolean secure = "https".equals(url.getScheme().toLowerCase(Locale.ROOT));
        int port = url.getPort() > 0 ? url.getPort() : secure ? 443 : 80;
        HttpHost host = new HttpHost(secure ? "https" : "http", url.getHost().replaceAll("[\\[\\]]", ""), port);
        HttpHost proxy = null;
        String authorization = "";
        if (setting.isNamed()) {
            proxy = new HttpHost("http", setting.host(), setting.port());
            authorization = authorization(setting);
        } else if (setting.equals(ProxySetting.PLATFORM)) {
            proxy = platformProxy(host, secure);
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

    /** Returns what a connection is opened to: the proxy, or else the target. */
    HttpHost firstHop() {
        return isProxied() ? route.getProxyHost() : route.getTargetHost();
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
        return "Host: " + authority + "\r\nUser-Agent: " + HttpTransport.USER_AGENT + "\r\nAccept: application/json\r\n"
                + (route.isTunnelled() ? "" : proxyAuthorization);
    }

    private static String authorization(ProxySetting proxy) {
        byte[] credentials = proxy.credentials().getBytes(StandardCharsets.UTF_8);
        return credentials.length == 0
                ? ""
                : "Proxy-Authorization: Basic " + Base64.getEncoder().encodeToString(credentials) + "\r\n";
    }

    /**
     * Applies Java's own rules ({@code https.proxyHost}, {@code http.nonProxyHosts}, or the server's selector). An HTTP proxy
     * is for https only, because the secret would pass through it in clear; a SOCKS proxy is not used.
     */
    private static @Nullable HttpHost platformProxy(HttpHost host, boolean secure) {
        ProxySelector selector = ProxySelector.getDefault();
        List<Proxy> proxies = selector == null ? List.of() : selector.select(URI.create(host.toURI()));
        Proxy chosen = proxies.stream()
                .filter(proxy -> proxy.type() != Proxy.Type.SOCKS)
                .findFirst()
                .orElse(Proxy.NO_PROXY);
        HttpHost used = null;
        if (secure && chosen.type() == Proxy.Type.HTTP && chosen.address() instanceof InetSocketAddress address) {
            used = new HttpHost("http", address.getHostString(), address.getPort());
        }
        if (!proxies.isEmpty() && proxies.get(0).type() == Proxy.Type.SOCKS) {
            LOG.warn(
                    "The platform has the SOCKS proxy {} for {}, and this library uses no SOCKS proxy: calls are made {};"
                            + " set proxy to an HTTP proxy, or to off",
                    proxies.get(0).address(),
                    host,
                    used == null ? "without a proxy" : "through " + used);
        }
        return used;
    }
}
