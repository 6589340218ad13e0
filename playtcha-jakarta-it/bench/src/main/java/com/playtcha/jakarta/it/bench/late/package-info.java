/** Late results beside db-scheduler, transaction-outbox and plain SQL on one PostgreSQL. */
@NullMarked
package com.playtcha.jakarta.it.bench.late;

import org.jspecify.annotations.NullMarked;
