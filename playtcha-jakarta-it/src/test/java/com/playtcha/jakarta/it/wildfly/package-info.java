/** What only WildFly is asked. */
@NullMarked
package com.playtcha.jakarta.it.wildfly;

import org.jspecify.annotations.NullMarked;
