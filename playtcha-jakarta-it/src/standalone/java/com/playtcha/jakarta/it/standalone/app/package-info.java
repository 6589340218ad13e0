/** An application that brings its server along, as its author would write it: beans and resources, no servlet. */
@NullMarked
package com.playtcha.jakarta.it.standalone.app;

import org.jspecify.annotations.NullMarked;
