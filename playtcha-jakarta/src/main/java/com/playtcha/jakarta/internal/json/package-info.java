/**
 * Strict reading and plain writing of JSON. The only package that uses JSON-P and JSON-B. Internal: public only so that other
 * packages can use it.
 */
@NullMarked
package com.playtcha.jakarta.internal.json;

import org.jspecify.annotations.NullMarked;
