package com.playtcha.jakarta.config;

/**
 * A filter to be registered without web.xml.
 *
 * @param filterName {@code playtcha} or {@code playtcha-<name>}
 * @param guard its settings, with at least one URL pattern
 */
public record Registration(String filterName, GuardSettings guard) {}
