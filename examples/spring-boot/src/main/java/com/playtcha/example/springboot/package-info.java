/** A sign-up page of Spring Boot, behind Playtcha's guards. */
@NullMarked
package com.playtcha.example.springboot;

import org.jspecify.annotations.NullMarked;
