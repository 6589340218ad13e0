package com.playtcha.jakarta.internal.late.store;

import com.playtcha.jakarta.testkit.MemoryLateStore;

class MemoryLateStoreTest extends StoreContract {
    @Override
    protected LateStore open() {
        return new MemoryLateStore(clock);
    }
}
