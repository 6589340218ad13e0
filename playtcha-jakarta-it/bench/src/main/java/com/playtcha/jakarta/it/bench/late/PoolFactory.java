package com.playtcha.jakarta.it.bench.late;

import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.naming.Context;
import javax.naming.Name;
import javax.naming.spi.ObjectFactory;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Gives a pool of this process to an application that looks it up in JNDI. */
public final class PoolFactory implements ObjectFactory {
    static final Map<String, DataSource> POOLS = new ConcurrentHashMap<>();

    /** Created by Tomcat. */
    public PoolFactory() {}

    @Override
    public @Nullable Object getObjectInstance(
            Object reference, Name name, Context context, Hashtable<?, ?> environment) {
        return POOLS.get("jdbc/" + name);
    }
}
