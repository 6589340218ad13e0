/** What a guarded request costs on Tomcat, beside the same check written by hand and no check at all. */
@NullMarked
package com.playtcha.jakarta.it.bench.guard;

import org.jspecify.annotations.NullMarked;
