/** What ran in which server, on which JDK, and how it went: the table in README. */
@NullMarked
package com.playtcha.jakarta.it.matrix;

import org.jspecify.annotations.NullMarked;
