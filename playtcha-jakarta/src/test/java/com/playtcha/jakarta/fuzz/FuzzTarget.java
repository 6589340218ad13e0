package com.playtcha.jakarta.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A reader of what others send, and inputs from which to start. Each truncation of them, and a flip in each byte, is a
 * test of the normal build; {@link FuzzHarness} has Jazzer change them further.
 */
public abstract class FuzzTarget implements AutoCloseable {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final List<byte[]> corpus;
    private final long fixedBytes;
    private final int bytesPerByte;
    private long inputs;
    private long largest;

    /**
     * Takes the inputs from which to start, one character a byte, and the bound of what one input may allocate, whether it
     * is kept or not: so many bytes for any input, and so many more for each byte of it.
     */
    protected FuzzTarget(int fixedBytes, int bytesPerByte, String... corpus) {
        this.fixedBytes = fixedBytes;
        this.bytesPerByte = bytesPerByte;
        this.corpus = Stream.of(corpus)
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1))
                .toList();
    }

    /** Reads an input as the library does; throws whatever the library must not throw, or an error where it reads it wrong. */
    protected abstract void read(byte[] input) throws Exception;

    @Override
    public void close() throws Exception {}

    /** JUnit would not call a method that a target overrides. */
    @AfterEach
    final void end() throws Exception {
        close();
    }

    @Test
    @Timeout(300)
    void eachTruncationAndEachFlippedByteIsReadOrRefused() throws Exception {
        change(1);
        assertThat(inputs).isPositive();
    }

    /** Reads each truncation of the samples, and what becomes of them where one of so many bits of a byte is flipped. */
    final void change(int bits) throws Exception {
        for (byte[] whole : corpus) {
            for (int length = 0; length <= whole.length; length++) {
                check(Arrays.copyOf(whole, length));
            }
            for (int at = 0; at < whole.length; at++) {
                for (int bit = at; bit < at + bits; bit++) {
                    byte[] changed = whole.clone();
                    changed[at] ^= (byte) (1 << bit % 8);
                    check(changed);
                }
            }
        }
    }

    private void check(byte[] input) throws Exception {
        check(input, 0);
    }

    /** Reads an input, and throws an error for a wrong result and for too much memory, less what others allocate. */
    final void check(byte[] input, long ofOthers) throws Exception {
        long bound = fixedBytes + (long) bytesPerByte * input.length + ofOthers;
        long allocated = allocatedBy(input);
        if (allocated > bound) {
            // The first of a kind loads classes.
            allocated = allocatedBy(input);
        }
        if (allocated > bound) {
            throw new AssertionError(allocated + " bytes were allocated for " + input.length + ": "
                    + HexFormat.of().formatHex(input));
        }
        inputs++;
        largest = Math.max(largest, allocated);
    }

    private long allocatedBy(byte[] input) throws Exception {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            read(input);
        } catch (Exception | Error e) {
            throw new AssertionError("Input " + HexFormat.of().formatHex(input), e);
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    /** Returns a line of an input that has several, "" where it has fewer. */
    protected static String line(byte[] input, int index) {
        String[] lines = new String(input, StandardCharsets.ISO_8859_1).split("\n", -1);
        return index < lines.length ? lines[index] : "";
    }

    List<byte[]> corpus() {
        return corpus;
    }

    /** Returns how many inputs were read, the most that one allocated, and the bound. */
    Object[] figures() {
        return new Object[] {inputs, largest, fixedBytes, bytesPerByte};
    }
}
