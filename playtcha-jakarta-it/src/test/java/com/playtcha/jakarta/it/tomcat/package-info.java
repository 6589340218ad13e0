/** What only Tomcat can be asked. */
@NullMarked
package com.playtcha.jakarta.it.tomcat;

import org.jspecify.annotations.NullMarked;
