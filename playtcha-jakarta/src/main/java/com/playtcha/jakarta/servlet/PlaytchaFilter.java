package com.playtcha.jakarta.servlet;

import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.servlet.VerificationFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;

/**
 * Verifies a visitor's Playtcha token before the application sees the request (contract, section 5).
 *
 * <h2>Installation</h2>
 *
 * <p>In web.xml, before every filter that reads the body:
 *
 * <pre>{@code
 * <filter>
 *   <filter-name>playtcha</filter-name>
 *   <filter-class>com.playtcha.jakarta.servlet.PlaytchaFilter</filter-class>
 *   <async-supported>true</async-supported>
 * </filter>
 * <filter-mapping>
 *   <filter-name>playtcha</filter-name>
 *   <url-pattern>/signup</url-pattern>
 * </filter-mapping>
 * }</pre>
 *
 * <p>or without web.xml, by the setting {@code playtcha.url-patterns}, wherever the container runs
 * its {@code ServletContainerInitializer}.
 *
 * <h2>Configuration</h2>
 *
 * <p>Each setting is an {@code init-param} under its own name ({@code secret}, {@code base-url}, {@code fail-closed}),
 * a {@code context-param}, MicroProfile Config property or system property {@code playtcha.<name>}, or an environment
 * variable {@code PLAYTCHA_<NAME>}. {@code secret} (or {@code secret-file}) and {@code base-url} are required.
 *
 * <h2>What the application finds</h2>
 *
 * <p>Request attributes, on every request that was guarded: {@code playtcha} and {@code playtcha.result} (a
 * {@link Verification}), {@code playtcha.outcome} (String), {@code playtcha.allowed} and {@code playtcha.degraded}
 * (Boolean), {@code playtcha.error-code} and {@code playtcha.request-id} (String, or absent). Safe methods are not
 * guarded and have none, nor are the requests of the {@code callback-path}, which have a key instead of a token. A
 * request that is denied never reaches the application: it is answered with
 * {@code application/problem+json}, the page of {@code failure-path}, or the container's error page.
 *
 * <p>Where the token comes in a form, the form's parameters and parts stay usable and the stream is empty afterwards. A
 * JSON body that was read to find the token can be read again.
 *
 * @since 0.1
 */
public class PlaytchaFilter implements Filter {
    private final Filter filter = new VerificationFilter();

    /** Called by the container. */
    public PlaytchaFilter() {}

    /**
     * Takes the settings that were checked for this filter when the application was deployed, or reads them itself where
     * the container did not run the library's initializer.
     *
     * @param config with the filter's name and init-params
     * @throws ServletException listing every problem of the settings
     * @throws IllegalStateException after the application ended
     */
    @Override
    public void init(FilterConfig config) throws ServletException {
        filter.init(config);
    }

    /**
     * Verifies, then passes the request on or answers it.
     *
     * @param request an HTTP request
     * @param response its response
     * @param chain not called for a request that is denied
     * @throws IOException from the chain, or when the visitor's connection fails
     * @throws ServletException from the chain, or for a request that is not HTTP
     */
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        filter.doFilter(request, response, chain);
    }

    /** Returns when everything that only this filter used is closed. */
    @Override
    public void destroy() {
        filter.destroy();
    }
}
