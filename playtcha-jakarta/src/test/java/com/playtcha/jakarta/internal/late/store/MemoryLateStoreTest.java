package com.playtcha.jakarta.internal.late.store;

class MemoryLateStoreTest extends StoreContract {
    @Override
    protected LateStore open() {
        return new MemoryLateStore(clock);
    }
}
