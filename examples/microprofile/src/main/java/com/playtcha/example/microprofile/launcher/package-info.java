/** Starts the application without an account. Not part of the WAR. */
package com.playtcha.example.microprofile.launcher;
