/** The servlet filter's implementation: registration, token sources and denials. A home of the Servlet API. */
@NullMarked
package com.playtcha.jakarta.internal.servlet;

import org.jspecify.annotations.NullMarked;
