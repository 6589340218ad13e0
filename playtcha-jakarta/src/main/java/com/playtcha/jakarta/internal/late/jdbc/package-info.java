/**
 * The store in a database. Only this package uses {@code java.sql} and {@code javax.sql}.
 */
@NullMarked
package com.playtcha.jakarta.internal.late.jdbc;

import org.jspecify.annotations.NullMarked;
