package com.playtcha.jakarta.it.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.testkit.PlaytchaStandIn;
import com.playtcha.jakarta.testkit.PlaytchaTest;
import jakarta.servlet.ServletContext;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.http.MediaType;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Section 10: MockMvc, which has no container, guards as the server does. */
@PlaytchaTest
@SpringBootTest(classes = {TestApplication.class, MockMvcIT.Handlers.class})
@WithMockMvc
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(
        properties = {
            "spring.config.name=none",
            "playtcha.url-patterns=/signup",
            "playtcha.token-json-pointer=/token",
            "playtcha.guards.news.url-patterns=/news/*"
        })
class MockMvcIT {
    static PlaytchaStandIn playtcha;

    @Autowired
    MockMvc mvc;

    @Autowired
    ServletContext context;

    /** An annotated handler, and a chain of Spring Security, which MockMvc always has. */
    @EnableWebSecurity
    @TestConfiguration(proxyBeanMethods = false)
    static class Handlers {
        @Bean
        Annotated annotated() {
            return new Annotated();
        }

        @Bean
        SecurityFilterChain open(HttpSecurity http) throws Exception {
            return http.csrf(csrf -> csrf.disable()).build();
        }
    }

    /** Guarded by its annotation. */
    @RestController
    static class Annotated {
        @PostMapping("/annotated")
        @PlaytchaProtected
        String post(@RequestBody String body) {
            return body;
        }
    }

    @Test
    void urlPatternsGuard(CapturedOutput log) throws Exception {
        mvc.perform(post("/signup").param("playtcha-response", "ok-1").param("name", "Ada"))
                .andExpect(status().isOk())
                .andExpect(content().string("VERIFIED Ada"));
        mvc.perform(post("/signup").param("playtcha-response", "ok-1")).andExpect(status().isForbidden());
        mvc.perform(post("/signup").accept(MediaType.APPLICATION_JSON))
                .andExpect(status().isBadRequest())
                .andExpect(header().string("Cache-Control", Matchers.containsString("no-store")))
                .andExpect(content().string(Matchers.containsString("token_missing")));
        mvc.perform(post("/signup/")).andExpect(status().isBadRequest());
        mvc.perform(post("/news/today")).andExpect(status().isBadRequest());
        mvc.perform(post("/free")).andExpect(status().isOk());
        mvc.perform(get("/signup")).andExpect(status().isMethodNotAllowed());
        playtcha.verifications().of("ok-1").times(2);
        assertThat(log)
                .doesNotContain("NOT guarded")
                .doesNotContain("did not run")
                .doesNotContain("guards nothing");
    }

    @Test
    void annotationsGuard() throws Exception {
        mvc.perform(post("/annotated").content("{}").contentType(MediaType.APPLICATION_JSON))
                .andExpect(status().isBadRequest());
        mvc.perform(post("/annotated").content("{\"token\":\"ok-2\"}").contentType(MediaType.APPLICATION_JSON))
                .andExpect(status().isOk())
                .andExpect(content().string("{\"token\":\"ok-2\"}"));
    }
}
