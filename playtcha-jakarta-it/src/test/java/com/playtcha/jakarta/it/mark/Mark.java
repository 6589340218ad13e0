package com.playtcha.jakarta.it.mark;

/** Once it was used, its constant is as alive as the application's class loader. */
public enum Mark {
    HERE
}
