package com.playtcha.jakarta.late.simulation;

import com.playtcha.jakarta.late.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * What a seed decides, in order, with the time and the list of what happened. Threads of the engines draw from it too, but
 * one at a time, since each call of an engine is awaited.
 */
final class Schedule {
    private static final int MAX_DEPTH = 3;

    final Random random;
    /** The database's clock, which is the true time here. */
    final TestClock time = new TestClock();

    private final Instant began = time.instant();
    private final List<TestClock> clocks = new ArrayList<>(List.of(time));
    private final List<String> events = new ArrayList<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private final Deque<Frame> frames = new ArrayDeque<>();
    /** How often something may still happen in the middle of something else. */
    private int interruptions;

    private boolean faulty = true;
    private double faultRate;

    /** A node in the middle of something, and the thread it is on. */
    private record Frame(SimulatedNode node, boolean inDatabase, Thread thread) {}

    Schedule(long seed) {
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.faultRate = List.of(0.0, 0.002, 0.01, 0.03).get(random.nextInt(4));
        this.interruptions = random.nextInt(40);
    }

    TestClock clock(Duration skew) {
        TestClock clock = new TestClock();
        clock.jump(Duration.between(clock.instant(), time.instant()).plus(skew));
        clocks.add(clock);
        return clock;
    }

    Instant now() {
        return time.instant();
    }

    void advance(Duration by) {
        clocks.forEach(clock -> clock.advance(by));
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** Returns whether something breaks now; never once the faults have ended. */
    boolean breaks(double times) {
        return faulty && faultRate > 0 && chance(Math.min(0.5, faultRate * times));
    }

    /** Returns whether a rare event happens now; never once the faults have ended. */
    boolean happens(double probability) {
        return faulty && chance(probability);
    }

    <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    Duration between(long minMillis, long maxMillis) {
        return Duration.ofMillis(minMillis + random.nextInt((int) (maxMillis - minMillis + 1)));
    }

    boolean isFaulty() {
        return faulty;
    }

    void endFaults() {
        faulty = false;
        note("faults end", "");
    }

    /** Runs something in which nothing breaks. */
    void unbroken(Runnable work) {
        boolean before = faulty;
        faulty = false;
        try {
            work.run();
        } finally {
            faulty = before;
        }
    }

    void note(String kind, String details) {
        counts.merge(kind, 1, Integer::sum);
        events.add(String.format(
                "%10.3f %s%s %s",
                Duration.between(began, now()).toMillis() / 1000.0, "  ".repeat(frames.size()), kind, details));
    }

    /** Lets other events happen while a node is in the middle of something. */
    void during(SimulatedNode node, boolean inDatabase, double probability, Runnable others) {
        if (frames.size() >= MAX_DEPTH || interruptions == 0 || !happens(probability)) {
            return;
        }
        interruptions--;
        frames.push(new Frame(node, inDatabase, Thread.currentThread()));
        try {
            others.run();
        } finally {
            frames.pop();
        }
    }

    /**
     * Returns whether a node may do something now. One that is in the middle of a statement holds threads of its own, and one
     * in the middle of a handler is interrupted there, which must not hit another thread.
     */
    boolean mayAct(SimulatedNode node) {
        return frames.stream()
                .noneMatch(frame -> frame.node == node && (frame.inDatabase || frame.thread != Thread.currentThread()));
    }

    boolean isTop() {
        return frames.isEmpty();
    }

    List<String> events() {
        return events;
    }

    Map<String, Integer> counts() {
        return counts;
    }
}
