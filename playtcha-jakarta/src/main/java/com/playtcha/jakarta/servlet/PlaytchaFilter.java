package com.playtcha.jakarta.servlet;

import com.playtcha.jakarta.internal.gate.PresentedToken;
import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.late.callback.CallbackRegistration;
import com.playtcha.jakarta.internal.request.Attributes;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import com.playtcha.jakarta.internal.servlet.DenialWriter;
import com.playtcha.jakarta.internal.servlet.JsonBody;
import com.playtcha.jakarta.internal.servlet.ReplayedRequest;
import com.playtcha.jakarta.internal.servlet.RequestState;
import com.playtcha.jakarta.internal.servlet.ContextLifecycle;
import com.playtcha.jakarta.internal.servlet.ServletSettings;
import com.playtcha.jakarta.internal.servlet.TokenReader;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
 * {@link PlaytchaInitializer}.
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
    private static final Logger LOG = LoggerFactory.getLogger(PlaytchaFilter.class);

    private final AtomicBoolean asyncLookedAt = new AtomicBoolean();
    private volatile @Nullable ActiveFilter active;

    /** Where this filter stands guard between {@code init} and {@code destroy}. */
    private record ActiveFilter(String filterName, ContextLifecycle holder, Guard guard, TokenReader tokens, DenialWriter denial) {}

    /** What a guard has to say to a request; the verdict is null after an error of our own. */
    private record FilterDecision(
            RequestState state, @Nullable Verification decision, int containerStatus, HttpServletRequest onward) {}

    /** For the container. */
    public PlaytchaFilter() {}

    /**
     * Takes the settings that {@link PlaytchaInitializer} found for this filter, or reads them itself where it did not
     * run.
     *
     * @param config with the filter's name and init-params
     * @throws ServletException listing every problem of the settings
     * @throws IllegalStateException after the application ended
     */
    @Override
    public void init(FilterConfig config) throws ServletException {
        String name = config.getFilterName();
        ContextLifecycle.requireNotEnded(config.getServletContext());
        if (config.getServletContext().getAttribute(ContextLifecycle.REFUSED) != null) {
            // Said once already, by the initializer. Without a active this filter answers 500.
            return;
        }
        ContextLifecycle holder = ContextLifecycle.in(config.getServletContext());
        GuardSettings settings = holder == null ? null : holder.settings(name);
        if (holder == null || settings == null) {
            settings = ownSettings(config);
            holder = ContextLifecycle.onDemand(config.getServletContext());
        }
        active = active(name, holder, settings);
    }

    private static ActiveFilter active(String name, ContextLifecycle holder, GuardSettings settings) {
        return holder.acquire(runtime -> new ActiveFilter(
                name,
                holder,
                runtime.guard(settings),
                new TokenReader(settings, runtime.json()),
                new DenialWriter(settings, runtime.jsonWriter())));
    }

    private static GuardSettings ownSettings(FilterConfig config) throws ServletException {
        String name = config.getFilterName();
        LoadedSettings loaded;
        try {
            loaded = ServletSettings.load(config);
        } catch (PlaytchaConfigurationException e) {
            LOG.error("{}", e.getMessage());
            throw new ServletException(e.getMessage(), e);
        }
        GuardSettings settings = loaded.filters().get(name);
        if (settings == null) {
            throw new ServletException("no settings were found for filter " + name);
        }
        loaded.warnings().forEach(warning -> LOG.warn("{}", warning));
        if (!loaded.registrations().isEmpty() && ContextLifecycle.in(config.getServletContext()) == null) {
            LOG.warn(
                    "url-patterns is set, but this container did not run PlaytchaInitializer: only filter {} guards,"
                            + " where it is mapped",
                    name);
        }
        if (loaded.late().isOn() && ContextLifecycle.in(config.getServletContext()) == null) {
            LOG.warn(
                    "Late results are on, but this container did not run PlaytchaInitializer: no callbacks are taken, and"
                            + " without CDI nothing is tracked");
        }
        LOG.info("Filter {} guards as \"{}\": {}", name, settings.name(), settings.describe());
        return settings;
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
        if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse answer)) {
            throw new ServletException("PlaytchaFilter guards HTTP requests only");
        }
        warnWithoutAsync(http);
        ActiveFilter here = active;
        if (here != null && isLetBy(http, here)) {
            chain.doFilter(request, response);
            return;
        }
        FilterDecision judgement = decide(http, here);
        Verification decision = judgement == null ? null : judgement.decision();
        if (here == null || judgement == null || decision == null) {
            DenialWriter.sendServerError(http, answer, "internal_error", "The human check failed to work");
        } else if (decision.isAllowed() || here.guard().settings().monitor()) {
            passOn(judgement, answer, chain);
        } else {
            here.denial().send(judgement.onward(), answer, decision, judgement.containerStatus(), judgement.state());
        }
    }

    private static boolean isLetBy(HttpServletRequest request, ActiveFilter here) {
        return isErrorPage(request)
                || isCallback(request)
                || here.guard().settings().safeMethods().contains(request.getMethod())
                || RequestState.of(request).isInFailurePage();
    }

    /** Another service that delivers a result is no visitor: the servlet that takes it asks for a key of its own. */
    private static boolean isCallback(HttpServletRequest request) {
        return request.getDispatcherType() == DispatcherType.REQUEST && CallbackRegistration.isCallback(request);
    }

    /** An error page never verifies and is never denied, nor is the view that it forwards to or includes. */
    private static boolean isErrorPage(HttpServletRequest request) {
        return switch (request.getDispatcherType()) {
            case ERROR -> {
                RequestState.of(request).setErrorPageExpected();
                yield true;
            }
            case FORWARD, INCLUDE ->
                RequestState.of(request).isErrorPageExpected()
                        && request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) != null;
            default -> false;
        };
    }

    /** Never lets an error of our own become a way in: null stands for one. */
    private static @Nullable FilterDecision decide(HttpServletRequest request, @Nullable ActiveFilter here) throws IOException {
        try {
            if (here == null) {
                throw new IllegalStateException("the filter is not initialised");
            }
            RequestState state = RequestState.of(request);
            PresentedToken reading = here.guard().settings().enabled() ? here.tokens().read(request, state) : PresentedToken.ABSENT;
            RequestVerifications verifications = state.verifications();
            Verification decision = request.getDispatcherType() == DispatcherType.REQUEST
                    ? verifications.verify(here.guard(), reading)
                    : verifications.verifyOrReuse(here.guard(), reading);
            Attributes.publish(request::setAttribute, verifications);
            JsonBody body = state.body();
            HttpServletRequest onward = body == null ? request : ReplayedRequest.of(request, body);
            return new FilterDecision(state, decision, reading.containerStatus(), onward);
        } catch (IOException visitorWentAway) {
            throw visitorWentAway;
        } catch (Throwable ours) {
            LOG.error("Playtcha's filter failed; the request is answered with 500", ours);
            RequestVerifications verifications = RequestState.of(request).verifications();
            verifications.fail();
            Attributes.publish(request::setAttribute, verifications);
            return null;
        }
    }

    private static void passOn(FilterDecision judgement, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        JsonBody body = judgement.state().body();
        if (body == null) {
            chain.doFilter(judgement.onward(), response);
            return;
        }
        boolean returned = false;
        body.enterChain();
        try {
            chain.doFilter(judgement.onward(), response);
            returned = true;
        } finally {
            body.leaveChain(returned);
        }
    }

    private void warnWithoutAsync(HttpServletRequest request) {
        if (request.getDispatcherType() == DispatcherType.REQUEST
                && asyncLookedAt.compareAndSet(false, true)
                && !request.isAsyncSupported()) {
            LOG.warn(
                    "PlaytchaFilter, or a filter before it, is declared without <async-supported>true</async-supported>:"
                            + " the application behind it cannot use startAsync()");
        }
    }

    /** Returns when everything that only this filter used is closed. */
    @Override
    public void destroy() {
        ActiveFilter left = active;
        active = null;
        if (left != null) {
            left.holder().release();
        }
    }
}
