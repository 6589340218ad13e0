/** The contract in Jetty 12, embedded in the process of the tests. */
@NullMarked
package com.playtcha.jakarta.it.jetty;

import org.jspecify.annotations.NullMarked;
