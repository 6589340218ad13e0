/** Starts the application for looking at it and for its tests. Not in the WAR. */
package com.playtcha.example.wildfly.launcher;
