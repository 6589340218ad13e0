/** An application that uses the HttpClient which the library brought along for a purpose of its own. It is deployed. */
@NullMarked
package com.playtcha.jakarta.it.client;

import org.jspecify.annotations.NullMarked;
