/** Applications that bring their server along: their processes, and what holds of them. */
@NullMarked
package com.playtcha.jakarta.it.standalone;

import org.jspecify.annotations.NullMarked;
