/**
 * The readiness check of MicroProfile Health. The only home of its API.
 */
@NullMarked
package com.playtcha.jakarta.internal.health;

import org.jspecify.annotations.NullMarked;
