/** The configurer for Spring Security. Everything else of Spring Boot configures itself. */
@NullMarked
package com.playtcha.jakarta.spring;

import org.jspecify.annotations.NullMarked;
