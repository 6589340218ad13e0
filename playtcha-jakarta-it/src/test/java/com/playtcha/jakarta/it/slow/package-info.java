/** An application with a request that reaches the guard after the application has ended. */
@NullMarked
package com.playtcha.jakarta.it.slow;

import org.jspecify.annotations.NullMarked;
