/**
 * What an operator uses: the late command, and its counterpart in the running application.
 */
@NullMarked
package com.playtcha.jakarta.internal.late.admin;

import org.jspecify.annotations.NullMarked;
