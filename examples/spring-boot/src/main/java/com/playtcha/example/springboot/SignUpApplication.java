package com.playtcha.example.springboot;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The application. Nothing in it sets the guards up: the library on the class path and application.yml do. */
@SpringBootApplication
public class SignUpApplication {

    /** Starts it: {@code java -jar spring-boot.jar}. */
    public static void main(String[] args) {
        SpringApplication.run(SignUpApplication.class, args);
    }
}
