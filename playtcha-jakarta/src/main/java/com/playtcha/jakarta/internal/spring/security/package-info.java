/** Guards in chains of Spring Security, and its log-ins as failures that are counted. With the configurer, the home of its API. */
@NullMarked
package com.playtcha.jakarta.internal.spring.security;

import org.jspecify.annotations.NullMarked;
