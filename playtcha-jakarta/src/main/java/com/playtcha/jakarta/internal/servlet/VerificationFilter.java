package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.PlaytchaAttributes;
import com.playtcha.jakarta.Verification;
import com.playtcha.jakarta.internal.config.GuardSettings;
import com.playtcha.jakarta.internal.config.LoadedSettings;
import com.playtcha.jakarta.internal.config.Setting;
import com.playtcha.jakarta.internal.gate.Guard;
import com.playtcha.jakarta.internal.gate.PresentedToken;
import com.playtcha.jakarta.internal.late.callback.ResultCallbackServlet;
import com.playtcha.jakarta.internal.request.BodyBudget;
import com.playtcha.jakarta.internal.request.DenialResponse;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import com.playtcha.jakarta.internal.request.SafeMethods;
import com.playtcha.jakarta.internal.request.TokenReader;
import com.playtcha.jakarta.internal.request.TokenRequest;
import com.playtcha.jakarta.internal.runtime.StartupFailure;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The implementation of {@link com.playtcha.jakarta.servlet.PlaytchaFilter}. Public for that class only. */
public final class VerificationFilter implements Filter {
    private static final Logger LOG = LoggerFactory.getLogger(VerificationFilter.class);

    /** Encodings in which each character of ASCII is one byte, as in ASCII, and can be written in no other way. */
    private static final Set<String> ASCII_BASED = Set.of("utf-8", "iso-8859-1", "us-ascii", "windows-1252");

    private volatile boolean asyncChecked;
    private volatile @Nullable ActiveFilter active;

    /** For {@link com.playtcha.jakarta.servlet.PlaytchaFilter}. */
    public VerificationFilter() {}

    /**
     * The parts of a filter between {@code init} and {@code destroy}.
     *
     * @param context null for a guard that is no filter of the container
     * @param everyMethod whether requests with a safe method are guarded too
     */
    record ActiveFilter(
            @Nullable ContextLifecycle context,
            Guard guard,
            BodyBudget bodies,
            DenialWriter denials,
            boolean everyMethod) {}

    @Override
    public void init(FilterConfig config) throws ServletException {
        ServletContext container = config.getServletContext();
        ContextLifecycle.requireNotEnded(container);
        ContextLifecycle initialized = ContextLifecycle.find(container);
        if (initialized != null && initialized.hasFailed()) {
            // The problems have been logged. A filter that is not active answers 500.
            return;
        }
        try {
            ContextLifecycle context = initialized == null ? ContextLifecycle.createLazily(container) : initialized;
            context.checkMappings();
            ContextLifecycle.setFiltered(container);
            ServletSettings.checkFormLogin(config);
            GuardSettings checked = context.settingsOf(config.getFilterName());
            GuardSettings settings = checked == null ? ownSettings(config) : checked;
            context.filters().put(config.getFilterName(), settings);
            active = context.application()
                    .acquire(runtime -> new ActiveFilter(
                            context,
                            runtime.guard(settings),
                            runtime.bodies(),
                            new DenialWriter(settings, runtime, false, null),
                            false));
            if (initialized == null) {
                context.application().late().announce();
            }
        } catch (RuntimeException problem) {
            throw new ServletException(StartupFailure.report(LOG, problem));
        }
    }

    /** The settings of a filter that was registered after the application's settings were loaded. */
    private static GuardSettings ownSettings(FilterConfig config) {
        String name = config.getFilterName();
        LoadedSettings loaded = ServletSettings.load(config);
        GuardSettings settings = Objects.requireNonNull(loaded.filters().get(name), name);
        loaded.warnings().forEach(warning -> LOG.warn("{}", warning));
        FilterRegistration registration = config.getServletContext().getFilterRegistration(name);
        LOG.info(
                "Filter {} guards {} as \"{}\": {}",
                name,
                registration == null ? "its paths" : FilterMappings.describe(registration),
                settings.name(),
                settings.describe());
        return settings;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse answer)) {
            throw new ServletException("PlaytchaFilter guards HTTP requests only");
        }
        warnWithoutAsync(http);
        handle(http, answer, chain, active);
    }

    static void handle(
            HttpServletRequest http, HttpServletResponse answer, FilterChain chain, @Nullable ActiveFilter filter)
            throws IOException, ServletException {
        if (http.getDispatcherType() == DispatcherType.ERROR) {
            HttpServletRequest shown = isShownAsGet(http, filter) ? new GetRequest(http, answer) : http;
            if (filter != null && !hasFailed(http, filter) && http.getAttribute(PlaytchaAttributes.REQUIRED) == null) {
                // The page may have the form, as a log-in that is the error page for 401.
                verifications(http).publishRequired(filter.guard(), new ServletCaller(shown));
            }
            chain.doFilter(shown, answer);
        } else if (hasFailed(http, filter)) {
            DenialResponse denial = DenialResponse.of(500, "configuration", "The human check is not set up correctly");
            DenialWriter.sendError(http, answer, denial);
        } else if (filter == null) {
            respondInternalError(http, answer, new IllegalStateException("the filter is not initialized"));
        } else if (http.getDispatcherType() == DispatcherType.REQUEST && ResultCallbackServlet.isCallback(http)) {
            // A service that delivers a result has no token; the callback servlet checks a key of its own.
            chain.doFilter(http, answer);
        } else if (!filter.everyMethod()
                && SafeMethods.isSafe(
                        filter.guard().settings().get(Setting.SAFE_METHODS),
                        http.getMethod(),
                        name -> ServletTokenRequest.headers(http, name))
                && !isPostback(http)) {
            verifications(http).publishRequired(filter.guard(), new ServletCaller(http));
            chain.doFilter(http, answer);
        } else {
            guard(http, answer, chain, filter);
        }
    }

    /** Whether a page of Faces would run a form's action: it looks for the view state alone, whatever the method. */
    static boolean isPostback(HttpServletRequest request) {
        boolean mayBe = true;
        try {
            mayBe = isOfForm(request.getContentType())
                    || !isAsciiBased(request.getCharacterEncoding())
                    || namesViewState(request.getQueryString());
            // A dispatch may have a query of its own beside the visitor's.
            return (mayBe || request.getDispatcherType() != DispatcherType.REQUEST)
                    && ServletTokenRequest.readParameters(request, HttpServletRequest::getParameterMap)
                            .keySet()
                            .stream()
                            .anyMatch(GetRequest::isViewState);
        } catch (RuntimeException refusedByContainer) {
            // If it is one, it is denied where the token is looked for, with the container's status.
            return mayBe
                    || namesViewState(request.getAttribute(RequestDispatcher.FORWARD_QUERY_STRING))
                    || namesViewState(request.getAttribute(AsyncContext.ASYNC_QUERY_STRING));
        }
    }

    /**
     * Tomcat and Undertow have a form in the body of a GET among its parameters, Undertow also where the type only begins
     * like that of a form.
     */
    private static boolean isOfForm(@Nullable String contentType) {
        return contentType != null && contentType.toLowerCase(Locale.ROOT).contains("form");
    }

    /** Tomcat and others can be set to decode the query as the body, whose encoding the visitor chooses. */
    private static boolean isAsciiBased(@Nullable String encoding) {
        return encoding == null || ASCII_BASED.contains(encoding.toLowerCase(Locale.ROOT));
    }

    /** Reads the query as text, since reading the parameters of a page would fix their encoding. */
    private static boolean namesViewState(@Nullable Object query) {
        // URLDecoder refuses what is no escape; those that are not of ASCII need not be decoded.
        return query instanceof String text
                && URLDecoder.decode(text.replaceAll("%(?![0-7][0-9A-Fa-f])", ""), StandardCharsets.ISO_8859_1)
                        .contains(GetRequest.VIEW_STATE);
    }

    private static boolean hasFailed(HttpServletRequest request, @Nullable ActiveFilter filter) {
        ContextLifecycle own = filter == null ? null : filter.context();
        ContextLifecycle context = own == null ? ContextLifecycle.find(request.getServletContext()) : own;
        return context != null && context.hasFailed();
    }

    /**
     * Whether an error dispatch must not show the method of the request. Containers present a GET by themselves since
     * Servlet 6.1. What an error page forwards to has the dispatcher type ERROR in Tomcat, so that no guard of FORWARD runs.
     * A guard outside the container's filters is called only for what it guards.
     */
    private static boolean isShownAsGet(HttpServletRequest request, @Nullable ActiveFilter filter) {
        DispatchState state = DispatchState.of(request);
        String page = request.getRequestURI();
        if (state.errorPage == null) {
            state.errorPage = page;
        }
        return state.denied
                || !verifications(request).isAllowed()
                        && (!page.equals(state.errorPage)
                                || filter != null && filter.context() == null
                                || FilterMappings.isGuarded(request));
    }

    private static RequestVerifications verifications(HttpServletRequest request) {
        return RequestVerifications.of(new ServletCaller(request));
    }

    private static void guard(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain, ActiveFilter filter)
            throws IOException, ServletException {
        if (DispatchState.of(request).inFailurePage) {
            // The page may have dispatched the container's own request, which shows the method of the denied one.
            chain.doFilter(new GetRequest(request, response), response);
            return;
        }
        try {
            verify(request, response, chain, filter);
        } finally {
            BufferedBody body = BufferedBody.of(request);
            if (body != null) {
                body.releaseAtEnd();
            }
        }
    }

    private static void verify(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain, ActiveFilter filter)
            throws IOException, ServletException {
        GuardSettings settings = filter.guard().settings();
        PresentedToken token;
        Verification decision;
        try {
            // Before a policy may read parameters, since this sets their encoding.
            TokenRequest sources = new ServletTokenRequest(request, settings, filter.bodies());
            ServletCaller caller = new ServletCaller(request);
            RequestVerifications verifications = verifications(request);
            token = TokenReader.readIfRequired(sources, settings, verifications.exemption(filter.guard(), caller));
            decision = request.getDispatcherType() == DispatcherType.REQUEST
                    ? verifications.verify(filter.guard(), token, caller)
                    : verifications.verifyOrReuse(filter.guard(), token, caller);
        } catch (Throwable own) {
            respondInternalError(request, response, own);
            return;
        }
        BufferedBody body = BufferedBody.of(request);
        HttpServletRequest onward = body == null ? request : ReplayedRequest.of(request, response, body);
        if (!decision.isAllowed() && !settings.isMonitoring()) {
            filter.denials().send(onward, response, decision, token.containerStatus());
        } else if (body == null) {
            chain.doFilter(onward, response);
        } else {
            body.replayDuring(chain, onward, response);
        }
    }

    /** A bug in this library must never let a request through. */
    static void respondInternalError(HttpServletRequest request, HttpServletResponse response, Throwable own)
            throws IOException {
        LOG.error("Playtcha's filter failed; the request is answered with 500", own);
        verifications(request).fail(new ServletCaller(request));
        DenialWriter.sendError(request, response, DenialResponse.ofOwnError());
    }

    private void warnWithoutAsync(HttpServletRequest request) {
        if (asyncChecked || active == null || request.getDispatcherType() != DispatcherType.REQUEST) {
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
        if (last != null && last.context() != null) {
            last.context().release();
        }
    }
}
