/** A servlet that answers who had to show a token, and what an application may do about it; deployed, or a Spring bean. */
@NullMarked
package com.playtcha.jakarta.it.challengeapp;

import org.jspecify.annotations.NullMarked;
