/**
 * Configures Spring Boot applications: settings from its environment, beans, events, health. The home of Spring's API.
 */
@NullMarked
package com.playtcha.jakarta.internal.spring;

import org.jspecify.annotations.NullMarked;
