/** The contract in a server that Arquillian manages, whichever the build chose. */
@NullMarked
package com.playtcha.jakarta.it.arquillian;

import org.jspecify.annotations.NullMarked;
