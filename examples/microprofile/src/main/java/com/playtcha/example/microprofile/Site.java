package com.playtcha.example.microprofile;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** The resources are below {@code /api}. That is where the patterns of the settings point. */
@ApplicationPath("/api")
public class Site extends Application {}
