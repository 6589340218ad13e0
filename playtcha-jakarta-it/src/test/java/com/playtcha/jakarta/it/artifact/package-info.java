/** The jars, as they are built and as they are packed. */
@NullMarked
package com.playtcha.jakarta.it.artifact;

import org.jspecify.annotations.NullMarked;
