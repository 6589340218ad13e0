package com.playtcha.jakarta.spring;

import com.playtcha.jakarta.PlaytchaAttributes;
import com.playtcha.jakarta.internal.servlet.DenialHandler;
import com.playtcha.jakarta.internal.spring.SpringApplicationGuards;
import com.playtcha.jakarta.internal.spring.security.ChainGuard;
import com.playtcha.jakarta.internal.spring.security.LogInGuard;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.context.ApplicationContext;
import org.springframework.security.config.annotation.web.HttpSecurityBuilder;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.ExceptionHandlingConfigurer;
import org.springframework.security.config.annotation.web.configurers.FormLoginConfigurer;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.access.AccessDeniedHandlerImpl;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.authentication.logout.LogoutFilter;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.util.Assert;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * Places guards in a chain of Spring Security 6.5 or 7, in an application of Spring Boot (docs/spring-boot.md, "Spring
 * Security"):
 *
 * <pre>{@code
 * http.formLogin(form -> form.loginPage("/login"))
 *     .with(PlaytchaConfigurer.playtcha(), guards -> guards.logIn("login").guard("signup", "/signup"));
 * }</pre>
 *
 * <p>The names are those of guards in the settings, which are checked when the application starts. What is guarded here
 * needs no {@code url-patterns}. Denials have the chain's CORS and security headers.
 *
 * @since 0.1
 */
public final class PlaytchaConfigurer extends AbstractHttpConfigurer<PlaytchaConfigurer, HttpSecurity> {
    private final List<Consumer<HttpSecurity>> guards = new ArrayList<>();

    private PlaytchaConfigurer() {}

    /**
     * Returns a configurer without guards.
     *
     * @return the configurer, for {@link HttpSecurity#with}
     */
    public static PlaytchaConfigurer playtcha() {
        return new PlaytchaConfigurer();
    }

    /**
     * Guards the chain's form log-in, before the password is looked at and after CSRF protection. A denial goes to the
     * {@link AuthenticationFailureHandler} of the form log-in, with a {@link PlaytchaAuthenticationException},
     * and is no failed log-in. The page of the log-in has the attribute {@code playtcha.required}. Failures of {@code
     * after-failures} count for the name that was typed in too.
     *
     * @param guard the name of the guard
     * @return this
     */
    public PlaytchaConfigurer logIn(String guard) {
        guards.add(http -> guardFormLogin(http, guard));
        return this;
    }

    /**
     * Guards a log-in of the application's own, such as a filter that reads JSON, behind CSRF protection and right before
     * the log-out: a filter that the application places before the log-out comes before this guard too. Its name counts
     * for {@code after-failures} if a filter before sets the request attribute {@link PlaytchaAttributes#NAME}.
     *
     * @param guard the name of the guard
     * @param submission the requests that log in, whatever their HTTP method
     * @param denials gets the denials, as {@link PlaytchaAuthenticationException}s
     * @return this
     */
    public PlaytchaConfigurer logIn(String guard, RequestMatcher submission, AuthenticationFailureHandler denials) {
        guards.add(http -> guardLogIn(http, guard, submission, List.of(), null, null, denials));
        return this;
    }

    /**
     * Guards paths of the chain, after users were authenticated and authorized. A denial goes to the chain's {@link
     * AccessDeniedHandler}, with a {@link PlaytchaAccessDeniedException}, for visitors who are not logged in too. Requests with one of {@code
     * safe-methods} are not guarded.
     *
     * @param guard the name of the guard
     * @param paths patterns of paths within the application, such as {@code /signup}, which is {@code /signup/} too, or
     *     {@code /forms/**}
     * @return this
     */
    public PlaytchaConfigurer guard(String guard, String... paths) {
        guards.add(http -> guardRequests(http, guard, List.of(paths), matchers(http, paths)));
        return this;
    }

    /**
     * Guards requests of the chain, as {@link #guard(String, String...)} does.
     *
     * @param guard the name of the guard
     * @param requests matchers, of which one has to match
     * @return this
     */
    public PlaytchaConfigurer guard(String guard, RequestMatcher... requests) {
        guards.add(http -> guardRequests(http, guard, List.of(), requests));
        return this;
    }

    /** For Spring Security. Guards of an earlier configurer of the same chain stay, which this one replaces. */
    @Override
    public void setBuilder(HttpSecurity http) {
        super.setBuilder(http);
        PlaytchaConfigurer earlier = http.getConfigurer(PlaytchaConfigurer.class);
        if (earlier != null && earlier != this) {
            guards.addAll(earlier.guards);
        }
    }

    /** For Spring Security. */
    @Override
    public void configure(HttpSecurity http) {
        guards.forEach(guard -> guard.accept(http));
    }

    private static void guardFormLogin(HttpSecurity http, String guard) {
        FormLoginConfigurer<?> form = http.getConfigurer(FormLoginConfigurer.class);
        Assert.state(
                form != null,
                () -> "PlaytchaConfigurer.logIn(\"" + guard + "\") needs formLogin in the same chain; for"
                        + " another kind of log-in use logIn(guard, submission, denials)");
        // What the application set, and Spring Security's defaults, are without accessors. Read at the first request,
        // since post-processors may change the filter after this.
        DirectFieldAccessor fields = new DirectFieldAccessor(form);
        UsernamePasswordAuthenticationFilter filter = read(fields, "authFilter");
        SingletonSupplier<RequestMatcher> submission =
                SingletonSupplier.of(() -> read(fields, "authFilter.requiresAuthenticationRequestMatcher"));
        SingletonSupplier<AuthenticationFailureHandler> failures =
                SingletonSupplier.of(() -> read(fields, "authFilter.failureHandler"));
        guardLogIn(
                http,
                guard,
                request -> submission.obtain().matches(request),
                List.of(PlaytchaConfigurer.<String>read(fields, "loginProcessingUrl")),
                read(fields, "loginPage"),
                filter.getUsernameParameter(),
                (request, response, denial) -> failures.obtain().onAuthenticationFailure(request, response, denial));
    }

    @SuppressWarnings("unchecked")
    private static <T> T read(DirectFieldAccessor fields, String name) {
        return (T) Objects.requireNonNull(fields.getPropertyValue(name), name);
    }

    private static void guardLogIn(
            HttpSecurity http,
            String guard,
            RequestMatcher submission,
            List<String> paths,
            @Nullable String page,
            @Nullable String nameParameter,
            AuthenticationFailureHandler handler) {
        DenialHandler denials = (request, response, verification, status) -> handler.onAuthenticationFailure(
                request, response, new PlaytchaAuthenticationException(text(request), guard, verification, status));
        // Before every filter that checks passwords: one that the application puts before the form log-in, or after the
        // log-out, has its place first. Of two filters at one place, the application's runs first.
        http.addFilterBefore(
                new LogInGuard(application(http).guard(guard, true), submission, paths, page, nameParameter, denials),
                LogoutFilter.class);
    }

    private static void guardRequests(HttpSecurity http, String guard, List<String> paths, RequestMatcher... requests) {
        AccessDeniedHandler handler = accessDeniedHandler(http);
        DenialHandler denials = (request, response, verification, status) -> handler.handle(
                request, response, new PlaytchaAccessDeniedException(text(request), guard, verification, status));
        http.addFilterAfter(
                new ChainGuard(application(http).guard(guard, false), paths, denials, requests),
                AuthorizationFilter.class);
    }

    /**
     * Returns matchers of the patterns, also below {@code spring.mvc.servlet.path}, to which Spring Security's own patterns may
     * be relative, and with a trailing slash, which handlers may serve too, and filters behind the chain remove.
     */
    private static RequestMatcher[] matchers(HttpSecurity http, String... paths) {
        ApplicationContext context = http.getSharedObject(ApplicationContext.class);
        List<PathPatternRequestMatcher.Builder> builders = new ArrayList<>(List.of(
                PathPatternRequestMatcher.withDefaults(),
                context.getBeanProvider(PathPatternRequestMatcher.Builder.class)
                        .getIfUnique(PathPatternRequestMatcher::withDefaults)));
        String servlet = context.getEnvironment()
                .getProperty("spring.mvc.servlet.path", "")
                .replaceAll("^/+|/+$", "");
        if (!servlet.isEmpty()) {
            builders.add(PathPatternRequestMatcher.withDefaults().basePath("/" + servlet));
        }
        return Arrays.stream(paths)
                .flatMap(path -> path.endsWith("/") || path.contains("**") || path.contains("{*")
                        ? Stream.of(path)
                        : Stream.of(path, path + "/"))
                .flatMap(path -> builders.stream().map(builder -> builder.matcher(path)))
                .toArray(RequestMatcher[]::new);
    }

    /** An exception that is thrown would not reach the handler: anonymous visitors are sent to the log-in instead. */
    private static AccessDeniedHandler accessDeniedHandler(HttpSecurity http) {
        ExceptionHandlingConfigurer<?> exceptions = http.getConfigurer(ExceptionHandlingConfigurer.class);
        if (exceptions == null) {
            return new AccessDeniedHandlerImpl();
        }
        // Spring Security's own configurers call it.
        Method getter = Objects.requireNonNull(ReflectionUtils.findMethod(
                ExceptionHandlingConfigurer.class, "getAccessDeniedHandler", HttpSecurityBuilder.class));
        ReflectionUtils.makeAccessible(getter);
        return (AccessDeniedHandler) Objects.requireNonNull(ReflectionUtils.invokeMethod(getter, exceptions, http));
    }

    private static SpringApplicationGuards application(HttpSecurity http) {
        SpringApplicationGuards application = http.getSharedObject(ApplicationContext.class)
                .getBeanProvider(SpringApplicationGuards.class)
                .getIfAvailable();
        Assert.state(
                application != null,
                "PlaytchaConfigurer needs the auto-configuration of playtcha-jakarta, which is not active here. A test of a"
                        + " slice, such as @WebMvcTest, has none: use @SpringBootTest with @AutoConfigureMockMvc, or leave"
                        + " this chain out of the slice");
        return application;
    }

    private static String text(HttpServletRequest request) {
        return String.valueOf(request.getAttribute(PlaytchaAttributes.DETAIL));
    }
}
