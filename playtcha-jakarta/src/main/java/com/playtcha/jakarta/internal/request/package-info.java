/**
 * What servlet filters, REST guards and interceptors share about one guarded request: token sources, verifications and
 * denials. Internal.
 */
@NullMarked
package com.playtcha.jakarta.internal.request;

import org.jspecify.annotations.NullMarked;
