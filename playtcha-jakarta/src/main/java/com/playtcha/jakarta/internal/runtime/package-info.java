/**
 * The composition root: builds, shares and closes the guards, transports and late results of an application.
 */
@NullMarked
package com.playtcha.jakarta.internal.runtime;

import org.jspecify.annotations.NullMarked;
