/** The application on Helidon MP: how it starts, and how it ends. */
@NullMarked
package com.playtcha.jakarta.it.helidon;

import org.jspecify.annotations.NullMarked;
