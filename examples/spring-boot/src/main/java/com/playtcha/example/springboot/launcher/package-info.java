/** Starts the example together with a stand-in for Playtcha; not part of the executable jar. */
@NullMarked
package com.playtcha.example.springboot.launcher;

import org.jspecify.annotations.NullMarked;
