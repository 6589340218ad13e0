package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.PlaytchaConfigurationException;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.gate.PresentedToken;
import com.playtcha.jakarta.internal.late.callback.ResultCallbackServlet;
import com.playtcha.jakarta.internal.request.DenialResponse;
import com.playtcha.jakarta.internal.request.DenialTexts;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import com.playtcha.jakarta.internal.request.SafeMethods;
import com.playtcha.jakarta.internal.request.TokenReader;
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
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The implementation of {@link com.playtcha.jakarta.servlet.PlaytchaFilter}. Public for that class only. */
public final class VerificationFilter implements Filter {
    private static final Logger LOG = LoggerFactory.getLogger(VerificationFilter.class);

    private final boolean guards;
    private volatile boolean asyncChecked;
    private volatile @Nullable ActiveFilter active;

    /** For {@link com.playtcha.jakarta.servlet.PlaytchaFilter}. */
    public VerificationFilter() {
        this(true);
    }

    /** A filter that does not guard answers error dispatches as every filter does, and 500 to all others. */
    VerificationFilter(boolean guards) {
        this.guards = guards;
    }

    /** The parts of a filter between {@code init} and {@code destroy}. */
    private record ActiveFilter(ContextLifecycle context, Guard guard, TokenReader tokens, DenialWriter denials) {}

    @Override
    public void init(FilterConfig config) throws ServletException {
        ContextLifecycle.requireNotEnded(config.getServletContext());
        if (!guards || config.getServletContext().getAttribute(ContextLifecycle.REFUSED) != null) {
            // The initializer has logged the problems. A filter that is not active answers 500.
            return;
        }
        ContextLifecycle context = ContextLifecycle.in(config.getServletContext());
        GuardSettings known = context == null ? null : context.settingsOf(config.getFilterName());
        GuardSettings settings = known == null ? ownSettings(config, context == null) : known;
        ContextLifecycle used = context == null ? ContextLifecycle.onDemand(config.getServletContext()) : context;
        active = used.application()
                .acquire(runtime -> new ActiveFilter(
                        used,
                        runtime.guard(settings),
                        new TokenReader(settings, runtime.json()),
                        new DenialWriter(
                                settings,
                                runtime.jsonWriter(),
                                new DenialTexts(Thread.currentThread().getContextClassLoader()))));
    }

    /** The settings of a filter that the initializer did not see. */
    private static GuardSettings ownSettings(FilterConfig config, boolean withoutInitializer) throws ServletException {
        String name = config.getFilterName();
        LoadedSettings loaded;
        try {
            loaded = ServletSettings.load(config);
        } catch (PlaytchaConfigurationException e) {
            LOG.error("{}", e.getMessage());
            throw new ServletException(e.getMessage(), e);
        }
        GuardSettings settings = Objects.requireNonNull(loaded.filters().get(name), name);
        loaded.warnings().forEach(warning -> LOG.warn("{}", warning));
        if (withoutInitializer && !loaded.registrations().isEmpty()) {
            LOG.error(
                    "url-patterns is set, but this container did not run PlaytchaInitializer, so these paths are NOT"
                            + " guarded; only filter {} guards, where it is mapped. Declare a filter for them, or let"
                            + " the container run ServletContainerInitializers",
                    name);
        }
        if (withoutInitializer && loaded.late().isOn()) {
            LOG.warn("Late results are on, but this container did not run PlaytchaInitializer: callbacks are not"
                    + " accepted, and without CDI nothing is tracked");
        }
        LOG.info("Filter {} guards as \"{}\": {}", name, settings.name(), settings.describe());
        return settings;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse answer)) {
            throw new ServletException("PlaytchaFilter guards HTTP requests only");
        }
        ActiveFilter filter = active;
        if (http.getDispatcherType() == DispatcherType.ERROR) {
            RequestVerifications state = state(http);
            state.inErrorPage = true;
            // Containers present a GET by themselves since Servlet 6.1.
            boolean isGet = !state.denied || http.getMethod().equals("GET");
            chain.doFilter(isGet ? http : new GetRequest(http, answer), answer);
        } else if (filter != null) {
            warnWithoutAsync(http);
            // A service that delivers a result has no token; the callback servlet checks a key of its own.
            if ((http.getDispatcherType() == DispatcherType.REQUEST && ResultCallbackServlet.isCallback(http))
                    || SafeMethods.isSafe(
                            filter.guard().settings().safeMethods(),
                            http.getMethod(),
                            name -> ServletTokenRequest.headers(http, name))) {
                chain.doFilter(http, answer);
            } else {
                guard(http, answer, chain, filter);
            }
        } else if (http.getServletContext().getAttribute(ContextLifecycle.REFUSED) != null) {
            DenialResponse denial = DenialResponse.of(500, "configuration", "The human check is not set up correctly");
            DenialWriter.send(http, answer, denial, state(http), null);
        } else {
            answerOwnError(http, answer, state(http), new IllegalStateException("the filter is not initialized"));
        }
    }

    private static RequestVerifications state(HttpServletRequest request) {
        return RequestVerifications.of(request::getAttribute, request::setAttribute);
    }

    /** The failure page is not guarded, nor is the view that an error page forwards to or includes. */
    private static boolean isOwnPage(HttpServletRequest request, RequestVerifications state) {
        boolean nested = request.getDispatcherType() == DispatcherType.FORWARD
                || request.getDispatcherType() == DispatcherType.INCLUDE;
        return state.inFailurePage
                || (nested
                        && (state.denied || state.inErrorPage)
                        && request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) != null);
    }

    private static void guard(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain, ActiveFilter filter)
            throws IOException, ServletException {
        GuardSettings settings = filter.guard().settings();
        RequestVerifications state = state(request);
        if (isOwnPage(request, state)) {
            chain.doFilter(request, response);
            return;
        }
        PresentedToken token;
        Verification decision;
        try {
            token = settings.enabled()
                    ? filter.tokens().read(new ServletTokenRequest(request, settings))
                    : PresentedToken.ABSENT;
            Runnable publish = () -> state.publish(request::setAttribute);
            decision = request.getDispatcherType() == DispatcherType.REQUEST
                    ? state.verify(filter.guard(), token, publish)
                    : state.verifyOrReuse(filter.guard(), token, publish);
        } catch (IOException visitorDisconnected) {
            throw visitorDisconnected;
        } catch (Throwable own) {
            answerOwnError(request, response, state, own);
            return;
        }
        BufferedBody body = BufferedBody.of(request);
        HttpServletRequest onward = body == null ? request : ReplayedRequest.of(request, body);
        if (!decision.isAllowed() && !settings.monitor()) {
            filter.denials().send(onward, response, decision, token.containerStatus(), state);
        } else if (body == null) {
            chain.doFilter(onward, response);
        } else {
            body.replayDuring(chain, onward, response);
        }
    }

    /** A bug in this library must never let a request through. */
    private static void answerOwnError(
            HttpServletRequest request, HttpServletResponse response, RequestVerifications state, Throwable own)
            throws IOException, ServletException {
        LOG.error("Playtcha's filter failed; the request is answered with 500", own);
        state.fail();
        state.publish(request::setAttribute);
        DenialWriter.send(request, response, DenialResponse.ofOwnError(), state, null);
    }

    private void warnWithoutAsync(HttpServletRequest request) {
        if (asyncChecked || request.getDispatcherType() != DispatcherType.REQUEST) {
            return;
        }
        asyncChecked = true;
        if (!request.isAsyncSupported()) {
            LOG.warn(
                    "PlaytchaFilter, or a filter before it, is declared without <async-supported>true</async-supported>:"
                            + " the application behind it cannot use startAsync()");
        }
    }

    @Override
    public void destroy() {
        ActiveFilter last = active;
        active = null;
        if (last != null) {
            last.context().release();
        }
    }
}
