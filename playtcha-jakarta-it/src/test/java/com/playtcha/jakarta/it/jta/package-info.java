/** Handlers of late results within the server's transactions. */
@NullMarked
package com.playtcha.jakarta.it.jta;

import org.jspecify.annotations.NullMarked;
