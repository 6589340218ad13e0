/** CDI integration behind the public package {@code cdi}: producers, interceptor, extensions and events. */
@NullMarked
package com.playtcha.jakarta.internal.cdi;

import org.jspecify.annotations.NullMarked;
