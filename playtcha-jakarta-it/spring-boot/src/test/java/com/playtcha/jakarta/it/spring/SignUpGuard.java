package com.playtcha.jakarta.it.spring;

import com.playtcha.jakarta.PlaytchaGuards;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.WebFilter;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The recipe of docs/recipes/webflux.md. */
@Configuration(proxyBeanMethods = false)
class SignUpGuard {
    private static final PathPattern GUARDED = new PathPatternParser().parse("/signup/**");

    @Bean(destroyMethod = "close")
    PlaytchaGuards guards(@Value("${playtcha.base-url}") String url, @Value("${playtcha.secret}") String secret) {
        return PlaytchaGuards.open(Map.of("base-url", url, "secret", secret));
    }

    @Bean
    WebFilter signUpFilter(PlaytchaGuards guards) {
        return (exchange, chain) -> {
            String method = exchange.getRequest().getMethod().name();
            boolean isSafe = Set.of("GET", "HEAD", "OPTIONS", "TRACE").contains(method);
            if (isSafe || !GUARDED.matches(exchange.getRequest().getPath().pathWithinApplication())) {
                return chain.filter(exchange);
            }
            return exchange.getFormData()
                    .map(form -> Optional.ofNullable(form.getFirst("playtcha-response")))
                    .flatMap(token ->
                            Mono.fromCompletionStage(() -> guards.verifier().verifyAsync(token.orElse(null))))
                    .publishOn(Schedulers.parallel())
                    .flatMap(verification -> {
                        if (verification.isAllowed()) {
                            return chain.filter(exchange);
                        }
                        exchange.getResponse().setStatusCode(HttpStatus.FORBIDDEN);
                        return exchange.getResponse().setComplete();
                    });
        };
    }
}
