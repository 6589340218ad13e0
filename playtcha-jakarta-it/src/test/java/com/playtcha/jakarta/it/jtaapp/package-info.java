/** An application whose handler of late results writes by JPA, in a transaction of the server. */
@NullMarked
package com.playtcha.jakarta.it.jtaapp;

import org.jspecify.annotations.NullMarked;
