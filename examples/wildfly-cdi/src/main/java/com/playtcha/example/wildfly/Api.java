package com.playtcha.example.wildfly;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** Jakarta REST, below {@code /api}. */
@ApplicationPath("api")
public class Api extends Application {}
