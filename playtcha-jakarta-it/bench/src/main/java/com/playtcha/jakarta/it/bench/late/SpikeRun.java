package com.playtcha.jakarta.it.bench.late;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** Starts the spike, has some items handled, and stops it; loaded by a class loader that is dropped afterwards. */
public final class SpikeRun implements Consumer<DataSource> {
    private static final int ITEMS = 200;

    /** Created by reflection. */
    public SpikeRun() {}

    @Override
    public void accept(DataSource pool) {
        try {
            CountDownLatch handled = new CountDownLatch(ITEMS);
            SpikeContender spike = new SpikeContender(pool, 8, Duration.ofSeconds(1));
            spike.start(id -> handled.countDown());
            for (int i = 0; i < ITEMS; i++) {
                spike.accept("run-" + i, "code");
            }
            handled.await();
            spike.close();
            spike.clear();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
