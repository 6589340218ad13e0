package com.playtcha.jakarta.it.quarkus;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** Where the resources are. */
@ApplicationPath("api")
public class QuarkusResources extends Application {}
