/**
 * Publishes metrics by Micrometer. The only home of its API.
 */
@NullMarked
package com.playtcha.jakarta.internal.micrometer;

import org.jspecify.annotations.NullMarked;
