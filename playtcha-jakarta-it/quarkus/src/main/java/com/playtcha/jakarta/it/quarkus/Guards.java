package com.playtcha.jakarta.it.quarkus;

import com.playtcha.jakarta.rs.PlaytchaRestGuards;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.ext.Provider;

/** The one class that an application on Quarkus has to write. */
@Provider
public class Guards extends PlaytchaRestGuards implements Feature, DynamicFeature {}
