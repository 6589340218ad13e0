/** A sign-up page of Spring Boot, behind Playtcha's guards. */
package com.playtcha.example.springboot;
