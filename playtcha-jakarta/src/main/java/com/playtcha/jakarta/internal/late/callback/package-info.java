/**
 * The callback inbox (contract, section 7): the servlet to which another service delivers its results, and its
 * registration. The second package that uses the Servlet API, so that the engine does not.
 */
@NullMarked
package com.playtcha.jakarta.internal.late.callback;

import org.jspecify.annotations.NullMarked;
