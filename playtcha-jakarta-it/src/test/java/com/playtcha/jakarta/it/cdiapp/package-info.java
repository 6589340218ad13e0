/** An application with beans, as its author would write it: guards by injection and annotation. */
@NullMarked
package com.playtcha.jakarta.it.cdiapp;

import org.jspecify.annotations.NullMarked;
