/** An application that uses everything at once: filters, guarded resources, guarded beans, injected verifiers. */
@NullMarked
package com.playtcha.jakarta.it.allapp;

import org.jspecify.annotations.NullMarked;
