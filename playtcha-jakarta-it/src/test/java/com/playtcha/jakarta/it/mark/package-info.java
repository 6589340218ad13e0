/** What only an application has that is about to be undeployed: whether it is in memory tells whether that one is. */
@NullMarked
package com.playtcha.jakarta.it.mark;

import org.jspecify.annotations.NullMarked;
