package com.playtcha.jakarta.internal.late.store;

import java.time.Instant;

/**
 * A request to be allowed unverified. Its item is a late verdict; its grant, a digest of project and token, prevents that
 * the token is allowed unverified again before {@code grantedUntil}.
 */
public record FailOpenRecord(NewItem item, String grant, Instant grantedUntil) {}
