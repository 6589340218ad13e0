/**
 * The application that is guarded in the tests. It is deployed: nothing in here may know the library, the stand-in, or
 * the tests.
 */
@NullMarked
package com.playtcha.jakarta.it.app;

import org.jspecify.annotations.NullMarked;
