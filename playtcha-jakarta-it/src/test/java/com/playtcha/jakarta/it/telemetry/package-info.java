/** What a server's own MicroProfile Telemetry exports of the library. */
@NullMarked
package com.playtcha.jakarta.it.telemetry;

import org.jspecify.annotations.NullMarked;
