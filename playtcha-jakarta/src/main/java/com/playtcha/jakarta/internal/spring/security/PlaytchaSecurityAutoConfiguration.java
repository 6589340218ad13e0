package com.playtcha.jakarta.internal.spring.security;

import com.playtcha.jakarta.internal.spring.PlaytchaAutoConfiguration;
import com.playtcha.jakarta.internal.spring.SpringApplicationGuards;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.security.authentication.event.AbstractAuthenticationEvent;
import org.springframework.security.web.FilterChainProxy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/** Counts failed log-ins of Spring Security, and checks its configuration. Public for Spring only. */
@AutoConfiguration(after = PlaytchaAutoConfiguration.class)
@ConditionalOnClass({AbstractAuthenticationEvent.class, WebAuthenticationDetails.class})
@ConditionalOnBean(SpringApplicationGuards.class)
public class PlaytchaSecurityAutoConfiguration {

    /** For Spring. */
    public PlaytchaSecurityAutoConfiguration() {}

    @Bean
    LogInFailures playtchaLogInFailures(SpringApplicationGuards guards) {
        return new LogInFailures(guards.failures());
    }

    @Bean
    LogInEventsCheck playtchaLogInEventsCheck(
            SpringApplicationGuards guards, ObjectProvider<SecurityFilterChain> chains) {
        return new LogInEventsCheck(guards, chains);
    }

    @Bean
    ChainPathsCheck playtchaChainPathsCheck(ObjectProvider<FilterChainProxy> proxy) {
        return new ChainPathsCheck(proxy);
    }
}
