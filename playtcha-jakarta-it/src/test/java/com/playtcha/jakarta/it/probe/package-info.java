/** An application that looks at the server's process from inside. It is deployed by itself, beside those under test. */
@NullMarked
package com.playtcha.jakarta.it.probe;

import org.jspecify.annotations.NullMarked;
