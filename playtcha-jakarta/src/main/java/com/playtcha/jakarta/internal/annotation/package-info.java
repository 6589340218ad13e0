/** Reads the library's annotations from an application's classes and methods, for CDI and Jakarta REST alike. */
@NullMarked
package com.playtcha.jakarta.internal.annotation;

import org.jspecify.annotations.NullMarked;
