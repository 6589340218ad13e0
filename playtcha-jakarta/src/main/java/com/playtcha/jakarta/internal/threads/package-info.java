/**
 * Threads and pools that take nothing over from whoever starts them, and leave nothing of this library behind in code
 * that the whole server shares. Internal: public only so that other packages can use it.
 */
@NullMarked
package com.playtcha.jakarta.internal.threads;

import org.jspecify.annotations.NullMarked;
