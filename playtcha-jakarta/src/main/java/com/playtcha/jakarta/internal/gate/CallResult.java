package com.playtcha.jakarta.internal.gate;

import com.playtcha.jakarta.Verification;

/**
 * What is known after Playtcha was asked about a token, or was not.
 *
 * @param facts without any policy
 * @param sent whether the question had begun to be written
 * @param beganAt when it was, by the guard's monotonic clock in nanoseconds
 */
public record CallResult(Verification facts, boolean sent, long beganAt) {}
