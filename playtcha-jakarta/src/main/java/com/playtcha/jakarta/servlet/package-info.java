/**
 * The servlet filter.
 */
@NullMarked
package com.playtcha.jakarta.servlet;

import org.jspecify.annotations.NullMarked;
