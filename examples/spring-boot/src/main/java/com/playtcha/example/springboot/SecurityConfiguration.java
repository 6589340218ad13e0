package com.playtcha.example.springboot;

import com.playtcha.jakarta.spring.PlaytchaConfigurer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/** A log-in whose guard asks for a token after failures, which Spring Security's events count. */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

    @Bean
    SecurityFilterChain chain(HttpSecurity http) throws Exception {
        return http.authorizeHttpRequests(requests -> requests.requestMatchers("/account")
                        .authenticated()
                        .anyRequest()
                        .permitAll())
                // These forms are for visitors who are not logged in, so nobody can send them in a user's name.
                .csrf(csrf -> csrf.ignoringRequestMatchers("/signup", "/newsletter"))
                .formLogin(form -> form.loginPage("/login").defaultSuccessUrl("/account"))
                .with(PlaytchaConfigurer.playtcha(), guards -> guards.logIn("login"))
                .build();
    }
}
