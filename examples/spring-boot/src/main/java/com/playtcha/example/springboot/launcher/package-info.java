/** Starts the example together with a stand-in for Playtcha; not part of the executable jar. */
package com.playtcha.example.springboot.launcher;
