/**
 * The annotations an application guards its beans and resources by. They are annotated with CDI's and Jakarta REST's own,
 * which a Java platform leaves out where these are absent.
 */
@NullMarked
package com.playtcha.jakarta.annotation;

import org.jspecify.annotations.NullMarked;
