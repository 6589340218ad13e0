package com.playtcha.jakarta.internal.spring;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;

/** What this library finds by name, for Spring's ahead-of-time processing; a native image has nothing else. */
final class PlaytchaRuntimeHints implements RuntimeHintsRegistrar {
    private static final String SECURITY = "org.springframework.security.";
    private static final String CONFIGURERS = SECURITY + "config.annotation.web.configurers.";

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classes) {
        Stream.of(
                        "com/playtcha/jakarta/internal/request/denials_*.properties",
                        "com/playtcha/jakarta/internal/late/jdbc/schema-*.sql",
                        "playtcha-denials*.properties",
                        "META-INF/services/com.playtcha.jakarta.*",
                        "org/apache/hc/client5/version.properties",
                        "org/apache/hc/client5/http/HttpRoute.class",
                        "org/apache/hc/core5/version.properties",
                        "org/apache/hc/core5/http/HttpHost.class")
                .forEach(hints.resources()::registerPattern);
        hints.reflection()
                .registerTypeIfPresent(
                        classes,
                        "com.playtcha.jakarta.servlet.PlaytchaFilter",
                        MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS)
                .registerTypeIfPresent(
                        classes,
                        "com.playtcha.jakarta.internal.servlet.StandbyFilter",
                        MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS)
                .registerTypeIfPresent(
                        classes,
                        "org.h2.jdbcx.JdbcDataSource",
                        MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS,
                        MemberCategory.INVOKE_PUBLIC_METHODS)
                // What PlaytchaConfigurer reads.
                .registerTypeIfPresent(
                        classes,
                        CONFIGURERS + "AbstractAuthenticationFilterConfigurer",
                        form -> form.withField("authFilter")
                                .withField("loginPage")
                                .withField("loginProcessingUrl"))
                .registerTypeIfPresent(
                        classes,
                        SECURITY + "web.authentication.AbstractAuthenticationProcessingFilter",
                        filter -> filter.withField("requiresAuthenticationRequestMatcher")
                                .withField("failureHandler"))
                .registerTypeIfPresent(
                        classes,
                        CONFIGURERS + "ExceptionHandlingConfigurer",
                        exceptions -> exceptions.withMethod(
                                "getAccessDeniedHandler",
                                List.of(TypeReference.of(SECURITY + "config.annotation.web.HttpSecurityBuilder")),
                                ExecutableMode.INVOKE));
        hints.proxies().registerJdkProxy(TypeReference.of("jakarta.servlet.http.HttpServletRequest"));
        Stream.of("Connection", "Statement", "PreparedStatement", "CallableStatement", "ResultSet", "DatabaseMetaData")
                .forEach(type -> hints.proxies().registerJdkProxy(TypeReference.of("java.sql." + type)));
    }
}
