package com.playtcha.jakarta.internal.late.store;

import java.time.Instant;

/**
 * A request that is to be let through unverified: its token is granted that once, and tracked.
 *
 * @param item of kind late verdict
 * @param grant digest of project and token
 * @param grantedUntil until when the token is not let through unverified again
 */
public record FailOpenRecord(NewItem item, String grant, Instant grantedUntil) {}
