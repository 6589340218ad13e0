/**
 * Late verdicts and results that arrive late: the application's handler and listener, tasks, dead
 * letters and metrics. Depends on the JDK only.
 */
@NullMarked
package com.playtcha.jakarta.late;

import org.jspecify.annotations.NullMarked;
