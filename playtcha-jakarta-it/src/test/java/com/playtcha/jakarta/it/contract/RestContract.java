package com.playtcha.jakarta.it.contract;

/** Everything that holds of resources guarded by annotation, on whatever implementation of Jakarta REST in a WAR. */
public interface RestContract
        extends RestResourceContract, RestFormContract, RestApplicationContract, RestServletContract {}
