package com.playtcha.example.inbox.launcher;

import java.util.Locale;

/** What the service does to a task's callback, or to the task. */
enum Fault {
    LOSE("lost", "Callbacks lost", 30),
    REPEAT("repeated", "Callbacks repeated", 30),
    DELAY("delayed", "Callbacks delayed, 4 to 9 s", 30),
    REORDER("reordered", "Callbacks overtaken, by up to 2 s", 50),
    FAIL("failed", "Tasks that fail", 5),
    FORGET("forgotten", "Tasks never finished", 2);

    /** What it is called in counters. */
    final String word;
    /** What it is called beside its slider. */
    final String label;

    final int usual;

    Fault(String word, String label, int usual) {
        this.word = word;
        this.label = label;
        this.usual = usual;
    }

    /** What it is called in requests. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
