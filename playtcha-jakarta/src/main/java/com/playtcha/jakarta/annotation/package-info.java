/**
 * The annotations that guard beans and resources. They carry annotations of CDI and Jakarta REST, which the virtual
 * machine ignores where those APIs are absent.
 */
@NullMarked
package com.playtcha.jakarta.annotation;

import org.jspecify.annotations.NullMarked;
