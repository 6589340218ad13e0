/** Where CDI and the servlet API meet: loaded only where both are there. Internal. */
@NullMarked
package com.playtcha.jakarta.internal.bridge;

import org.jspecify.annotations.NullMarked;
