package com.playtcha.jakarta.late.crash;

import java.sql.Connection;
import java.sql.SQLException;

/** A database of several servers, one of which fails while nodes work on it. */
interface HaCluster extends AutoCloseable {
    /** Returns what a worker is told of it. */
    String url(int worker);

    /** Opens a connection to a server that works. */
    Connection connect() throws SQLException;

    /** Makes the server fail that has most of the work, and returns how it failed. */
    String fail() throws Exception;

    /** Brings back what failed, and waits until the next failure would lose nothing. */
    void restore() throws Exception;

    @Override
    void close();
}
