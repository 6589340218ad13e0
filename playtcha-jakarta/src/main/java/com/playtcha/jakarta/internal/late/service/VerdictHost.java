package com.playtcha.jakarta.internal.late.service;

import com.playtcha.jakarta.internal.gate.FailOpenTracker;
import com.playtcha.jakarta.internal.gate.VerdictClient;
import com.playtcha.jakarta.internal.json.JsonWriter;
import com.playtcha.jakarta.internal.json.StrictJson;
import java.util.function.BiConsumer;

/** The runtime whose guards report requests that were allowed without a verdict, and answer for them later. */
public interface VerdictHost {
    /** Returns the shared JSON reader. */
    StrictJson json();

    /** Returns the shared JSON writer, which outlives the late results. */
    JsonWriter jsonWriter();

    /** Sets the tracker of requests allowed without a verdict, and the consumer of present and future verdict clients. */
    void setLateVerdicts(FailOpenTracker failOpens, BiConsumer<String, VerdictClient> clients);
}
