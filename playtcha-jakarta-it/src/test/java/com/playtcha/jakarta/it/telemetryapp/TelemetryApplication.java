package com.playtcha.jakarta.it.telemetryapp;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** Jakarta REST under {@code /api}. */
@ApplicationPath("api")
public class TelemetryApplication extends Application {}
