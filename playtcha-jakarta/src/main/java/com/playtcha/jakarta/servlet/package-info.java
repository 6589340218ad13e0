/**
 * The servlet filter, its registration, the token sources and the denials. The home of the Servlet API; callbacks
 * have another.
 */
@NullMarked
package com.playtcha.jakarta.servlet;

import org.jspecify.annotations.NullMarked;
