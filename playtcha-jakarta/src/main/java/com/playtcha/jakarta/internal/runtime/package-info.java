/**
 * The composition root: builds, shares and closes one set of transports and gates for an application. Internal: public
 * only so that other packages can use it.
 */
@NullMarked
package com.playtcha.jakarta.internal.runtime;

import org.jspecify.annotations.NullMarked;
