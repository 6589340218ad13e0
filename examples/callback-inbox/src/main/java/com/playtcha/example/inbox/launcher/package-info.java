/** Starts the application beside a service that misbehaves and a database that goes away. Not part of the WAR. */
package com.playtcha.example.inbox.launcher;
