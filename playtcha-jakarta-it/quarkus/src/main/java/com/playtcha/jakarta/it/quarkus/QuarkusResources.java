package com.playtcha.jakarta.it.quarkus;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** Where the resources are. Guards wait for Playtcha, so that no resource runs on the event loop unless it says so. */
@Blocking
@ApplicationPath("api")
public class QuarkusResources extends Application {}
