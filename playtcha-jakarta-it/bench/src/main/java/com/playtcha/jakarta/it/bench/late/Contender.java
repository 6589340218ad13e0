package com.playtcha.jakarta.it.bench.late;

import java.sql.SQLException;

/** One way to accept results and have them handled once. A started one is used by many threads. */
interface Contender {
    /** Called with the id of each item that the contender hands to the application. */
    @FunctionalInterface
    interface Handler {
        void handle(String id) throws Exception;
    }

    /** Creates what is missing of its tables, and starts to work. */
    void start(Handler handler) throws Exception;

    /** Returns once the item will be handled, whatever happens to this process. */
    void accept(String id, String code) throws Exception;

    /** Returns how many accepted items are not recorded as handled. */
    long remaining() throws SQLException;

    /** Returns what an idle pool or a default would have hidden: threads, pool and the settings that were changed. */
    String tuning();

    /** Stops working; the tables stay, for the next one to start with. */
    void close() throws Exception;

    /** Removes every item. */
    void clear() throws SQLException;
}
