package com.playtcha.jakarta.it.spring;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureMockMvc;

/** {@code @AutoConfigureMockMvc}, which is in another package in each version of Spring Boot. */
@Retention(RetentionPolicy.RUNTIME)
@AutoConfigureMockMvc
@interface WithMockMvc {}
