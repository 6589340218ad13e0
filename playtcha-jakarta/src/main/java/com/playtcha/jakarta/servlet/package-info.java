/**
 * The servlet filter, its registration, the token sources and the denials. The only home of the Servlet API.
 */
@NullMarked
package com.playtcha.jakarta.servlet;

import org.jspecify.annotations.NullMarked;
