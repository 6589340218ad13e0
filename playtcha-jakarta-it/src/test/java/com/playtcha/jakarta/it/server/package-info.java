/** What the tests stand on: servers, deployments, stand-ins of Playtcha, and the visitor's browser. */
@NullMarked
package com.playtcha.jakarta.it.server;

import org.jspecify.annotations.NullMarked;
