/** An application whose request comes to the guard when the application has ended. */
@NullMarked
package com.playtcha.jakarta.it.straggler;

import org.jspecify.annotations.NullMarked;
