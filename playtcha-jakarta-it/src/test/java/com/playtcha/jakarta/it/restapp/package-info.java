/** An application of Jakarta REST resources, guarded by annotation, as its author would write it. */
@NullMarked
package com.playtcha.jakarta.it.restapp;

import org.jspecify.annotations.NullMarked;
