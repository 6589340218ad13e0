package com.playtcha.jakarta.servlet;

import com.playtcha.jakarta.PlaytchaAttributes;
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
 * Verifies a visitor's Playtcha token before the application sees the request.
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
 * <p>Without web.xml, the setting {@code playtcha.url-patterns} registers the filter if the container runs this
 * library's {@code ServletContainerInitializer}.
 *
 * <h2>Configuration</h2>
 *
 * <p>Each setting is an {@code init-param} under its own name ({@code secret}, {@code base-url}, {@code fail-closed}),
 * a {@code context-param}, MicroProfile Config property or system property {@code playtcha.<name>}, or an environment
 * variable {@code PLAYTCHA_<NAME>}. {@code secret} (or {@code secret-file}) and {@code base-url} are required.
 *
 * <h2>Request attributes</h2>
 *
 * <p>Every guarded request has the attributes that {@link PlaytchaAttributes} names; {@link Verification#from} returns the
 * {@link Verification}. Requests with a method of {@code safe-methods} and those of the {@code callback-path} are not guarded. A denied request does not reach the
 * application: it is answered with {@code application/problem+json}, the page of {@code failure-path}, or the
 * container's error page.
 *
 * <p>If the token is read from a form, its parameters and parts remain available and the input stream is empty. A JSON
 * body that was read for the token can be read again.
 *
 * @since 0.1
 */
public class PlaytchaFilter implements Filter {
    private final Filter filter = new VerificationFilter();

    /** For the container. */
    public PlaytchaFilter() {}

    /**
     * Starts the guard with the settings that were checked when the application was deployed, or reads the settings if
     * the container did not run this library's initializer.
     *
     * @param config the filter's name and init-params
     * @throws ServletException if the settings are invalid; the message lists every problem
     * @throws IllegalStateException if the application has ended
     */
    @Override
    public void init(FilterConfig config) throws ServletException {
        filter.init(config);
    }

    /**
     * Verifies the request's token, then calls the chain or answers the denied request.
     *
     * @param request the HTTP request
     * @param response its response
     * @param chain the chain, which is not called for a denied request
     * @throws IOException if the chain throws it or the visitor's connection fails
     * @throws ServletException if the chain throws it or the request is not HTTP
     */
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        filter.doFilter(request, response, chain);
    }

    /** Closes everything that only this filter used, before it returns. */
    @Override
    public void destroy() {
        filter.destroy();
    }
}
