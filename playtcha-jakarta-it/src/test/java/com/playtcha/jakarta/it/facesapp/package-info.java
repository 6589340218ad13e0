/** What is behind a page of Jakarta Faces. */
@NullMarked
package com.playtcha.jakarta.it.facesapp;

import org.jspecify.annotations.NullMarked;
