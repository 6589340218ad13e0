/** What ran in which server, on which JDK, and how it went: the table in docs/servers.md. */
@NullMarked
package com.playtcha.jakarta.it.matrix;

import org.jspecify.annotations.NullMarked;
