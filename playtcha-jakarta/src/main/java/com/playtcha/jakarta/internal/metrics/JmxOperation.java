package com.playtcha.jakarta.internal.metrics;

import java.util.List;
import java.util.function.Function;

/**
 * An operation of an MBean. Names no class of JMX, so that it loads without it.
 *
 * @param parameters their names; each is a text, "" where a client gives none
 * @param call returns the text that the client is shown; what it throws is a class of the JDK, which clients know
 */
public record JmxOperation(String description, List<String> parameters, Function<List<String>, String> call) {}
