/** The application on Quarkus: how it starts, how it ends, and what it has to declare. */
@NullMarked
package com.playtcha.jakarta.it.quarkus;

import org.jspecify.annotations.NullMarked;
