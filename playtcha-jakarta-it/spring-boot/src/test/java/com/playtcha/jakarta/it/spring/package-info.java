/** The library in Spring Boot. */
package com.playtcha.jakarta.it.spring;
