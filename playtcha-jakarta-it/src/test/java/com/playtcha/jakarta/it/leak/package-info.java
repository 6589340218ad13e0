/** A class of the application that is to be undeployed: while it is in memory, so is the class loader. */
@NullMarked
package com.playtcha.jakarta.it.leak;

import org.jspecify.annotations.NullMarked;
