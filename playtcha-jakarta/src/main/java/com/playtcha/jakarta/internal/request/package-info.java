/**
 * One guarded request, whatever brought it: what is known of its token, and how it is answered when it may not go on.
 * Public for the library's other packages only.
 */
@NullMarked
package com.playtcha.jakarta.internal.request;

import org.jspecify.annotations.NullMarked;
