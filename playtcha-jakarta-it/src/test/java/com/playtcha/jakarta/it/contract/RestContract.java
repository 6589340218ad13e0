package com.playtcha.jakarta.it.contract;

import com.playtcha.jakarta.it.matrix.Covers;
import com.playtcha.jakarta.it.matrix.Feature;

/** Everything that holds of resources guarded by annotation, on whatever implementation of Jakarta REST in a WAR. */
@Covers(Feature.REST)
public interface RestContract
        extends RestResourceContract, RestFormContract, RestApplicationContract, RestServletContract {}
