/**
 * The late results of one application while it runs: builds and closes store, spool, engine and poller, and implements
 * the public API on top of them.
 */
@NullMarked
package com.playtcha.jakarta.internal.late.service;

import org.jspecify.annotations.NullMarked;
