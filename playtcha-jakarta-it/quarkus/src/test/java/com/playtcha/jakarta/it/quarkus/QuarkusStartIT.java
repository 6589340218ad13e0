package com.playtcha.jakarta.it.quarkus;

import com.playtcha.jakarta.it.standalone.StartContract;

/** Settings, start and stop on Quarkus. */
class QuarkusStartIT implements QuarkusServer, StartContract {}
