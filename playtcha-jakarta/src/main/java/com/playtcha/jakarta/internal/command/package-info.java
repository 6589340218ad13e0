/**
 * The command line: explains the settings, verifies one token, and serves as the entrance to the commands of late results.
 */
@NullMarked
package com.playtcha.jakarta.internal.command;

import org.jspecify.annotations.NullMarked;
