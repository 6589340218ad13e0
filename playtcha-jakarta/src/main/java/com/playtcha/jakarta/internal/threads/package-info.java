/**
 * Daemon threads and a pool of them that inherit nothing from the thread that starts them, and leave no reference to the
 * application in code that is shared with the server. Internal: public only so that other packages can use it.
 */
@NullMarked
package com.playtcha.jakarta.internal.threads;

import org.jspecify.annotations.NullMarked;
