/**
 * Items kept in a database. The only home of {@code java.sql} and {@code javax.sql}. Internal: public only so that
 * other packages can use it.
 */
@NullMarked
package com.playtcha.jakarta.internal.late.jdbc;

import org.jspecify.annotations.NullMarked;
