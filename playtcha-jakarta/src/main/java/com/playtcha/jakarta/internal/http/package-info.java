/**
 * The transport: pooled connections of HttpClient 5, one hard deadline per call, and the codecs of Playtcha and of the
 * fallback poller. The only package that uses HttpClient. Internal: public only so that other packages can use it.
 */
@NullMarked
package com.playtcha.jakarta.internal.http;

import org.jspecify.annotations.NullMarked;
