/** Where CDI and the servlet API meet: loaded only where both are there. Internal. */
@NullMarked
package com.playtcha.jakarta.bridge;

import org.jspecify.annotations.NullMarked;
