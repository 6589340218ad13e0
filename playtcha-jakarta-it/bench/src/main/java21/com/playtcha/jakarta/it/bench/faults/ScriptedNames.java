package com.playtcha.jakarta.it.bench.faults;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Looks up the names of the fault matrix, and leaves all others to the JDK. */
public final class ScriptedNames extends InetAddressResolverProvider {
    @Override
    public String name() {
        return "fault matrix";
    }

    @Override
    public InetAddressResolver get(Configuration configuration) {
        InetAddressResolver builtin = configuration.builtinResolver();
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
                return switch (host) {
                    case Names.SLOW -> {
                        // As the system's own, it is deaf to interrupts.
                        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
                        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
                            LockSupport.parkNanos(left);
                        }
                        yield Stream.of(loopback(1));
                    }
                    case Names.MISSING -> throw new UnknownHostException(host);
                    case Names.DEAD -> Stream.of(loopback(2), loopback(3), loopback(4));
                    default -> builtin.lookupByName(host, policy);
                };
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                return builtin.lookupByAddress(address);
            }
        };
    }

    private static InetAddress loopback(int last) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    }
}
