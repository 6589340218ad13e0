/**
 * What an operator sees and does: the command line, its counterpart in the running application, and JMX. Internal but for
 * the command line's options and output and the names of JMX: public only where other packages or the platform need it.
 */
@NullMarked
package com.playtcha.jakarta.internal.late.admin;

import org.jspecify.annotations.NullMarked;
