/**
 * What an operator uses: the admin command, its counterpart in the running application, and JMX.
 */
@NullMarked
package com.playtcha.jakarta.internal.late.admin;

import org.jspecify.annotations.NullMarked;
