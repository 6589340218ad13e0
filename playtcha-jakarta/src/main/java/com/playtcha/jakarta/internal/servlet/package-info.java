/** The servlet filter's implementation: registration, token sources and denials. */
@NullMarked
package com.playtcha.jakarta.internal.servlet;

import org.jspecify.annotations.NullMarked;
