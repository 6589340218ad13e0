/** The decision whether a token is required: rules, recent failures, session passes; no container, no HTTP. Internal. */
@NullMarked
package com.playtcha.jakarta.internal.challenge;

import org.jspecify.annotations.NullMarked;
