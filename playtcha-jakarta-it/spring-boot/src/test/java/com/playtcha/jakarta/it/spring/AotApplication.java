package com.playtcha.jakarta.it.spring;

import com.playtcha.jakarta.spring.PlaytchaConfigurer;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.web.SecurityFilterChain;

/** An application that is processed ahead of time, with guards of each kind. */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
public class AotApplication {
    /** Starts it, and prints its port. */
    public static void main(String[] args) {
        SpringApplication application =
                new SpringApplication(TestApplication.class, AotApplication.class, ProtectedHandlersIT.Accounts.class);
        System.out.println("PORT " + application.run(args).getEnvironment().getProperty("local.server.port"));
    }

    @Bean
    SecurityFilterChain chain(HttpSecurity http) throws Exception {
        return http.csrf(csrf -> csrf.disable())
                .formLogin(Customizer.withDefaults())
                .with(
                        PlaytchaConfigurer.playtcha(),
                        guards -> guards.logIn("login").guard("strict", "/free"))
                .build();
    }

    @Bean
    UserDetailsService users() {
        return name -> User.withUsername(name).password("{noop}secret").build();
    }
}
