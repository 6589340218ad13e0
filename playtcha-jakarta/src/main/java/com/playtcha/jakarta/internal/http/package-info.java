/**
 * The transport: a pooled HttpClient 5 with one hard deadline a call, and the mapping of the wires: Playtcha's, and that
 * of the fallback poller. The only home of HttpClient. Internal: public only so that other packages can use it.
 */
@NullMarked
package com.playtcha.jakarta.internal.http;

import org.jspecify.annotations.NullMarked;
