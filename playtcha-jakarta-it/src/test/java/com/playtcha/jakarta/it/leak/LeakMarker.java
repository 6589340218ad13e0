package com.playtcha.jakarta.it.leak;

/** Its constant, once initialized, is reachable for as long as the application's class loader. */
public enum LeakMarker {
    HERE
}
