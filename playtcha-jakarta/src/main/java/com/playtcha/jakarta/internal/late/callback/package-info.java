/**
 * Where another service delivers its results by HTTP (contract, section 7): the callback servlet, its registration, and
 * how a request guard knows it. A second home of the Servlet API, so that the engine needs none.
 */
@NullMarked
package com.playtcha.jakarta.internal.late.callback;

import org.jspecify.annotations.NullMarked;
