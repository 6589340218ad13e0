package com.playtcha.jakarta.internal.spring.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;

/** A guard in a chain, whose paths {@link ChainPathsCheck} compares with what reaches the chain. */
interface PathGuard {
    /** Returns the name of the guard. */
    String name();

    /** Returns the patterns of paths that are guarded, as far as they are known. */
    List<String> paths();

    /** Returns whether the request is guarded, if it reaches the chain. */
    boolean guards(HttpServletRequest request);
}
