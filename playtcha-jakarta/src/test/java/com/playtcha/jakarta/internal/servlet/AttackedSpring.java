package com.playtcha.jakarta.internal.servlet;

import com.playtcha.jakarta.internal.spring.PlaytchaAutoConfiguration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.DispatcherServletAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.HttpEncodingAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.MultipartAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.WebMvcAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.error.ErrorMvcAutoConfiguration;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/** The attacked pages as handlers of Spring MVC in Spring Boot, which match paths by rules of their own. A process's main class. */
@SpringBootConfiguration(proxyBeanMethods = false)
@ImportAutoConfiguration({
    DispatcherServletAutoConfiguration.class,
    ErrorMvcAutoConfiguration.class,
    HttpEncodingAutoConfiguration.class,
    MultipartAutoConfiguration.class,
    PlaytchaAutoConfiguration.class,
    WebMvcAutoConfiguration.class
})
class AttackedSpring {

    /** Takes settings as Spring does, {@code --playtcha.secret=...}, and prints the port. */
    public static void main(String[] args) {
        ServletWebServerApplicationContext context =
                (ServletWebServerApplicationContext) SpringApplication.run(AttackedSpring.class, args);
        System.out.println(ServerProcess.READY + context.getWebServer().getPort());
    }

    @Bean
    TomcatServletWebServerFactory server() {
        return new TomcatServletWebServerFactory("/app", 0);
    }

    @Bean
    SimpleUrlHandlerMapping pages() {
        Map<String, HttpRequestHandler> handlers = new LinkedHashMap<>();
        AttackedPages.all()
                .forEach((pattern, page) ->
                        // An extension is no pattern of Spring's but at the end of a segment.
                        handlers.put(
                                pattern.startsWith("*") ? "/" + pattern : pattern.replace("/*", "/**"), page::serve));
        SimpleUrlHandlerMapping mapping = new SimpleUrlHandlerMapping(handlers);
        mapping.setOrder(0);
        return mapping;
    }
}
