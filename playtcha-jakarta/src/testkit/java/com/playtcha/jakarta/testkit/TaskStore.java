package com.playtcha.jakarta.testkit;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tasks of a service and their poll counts. Guarded by its own monitor. */
final class TaskStore {
    static final String NOT_READY = "{\"status\":0,\"request\":\"CAPCHA_NOT_READY\"}";
    private static final int MAX_KEPT = 100_000;

    private static final class Task {
        private @Nullable String code;
        private @Nullable String error;
        private int polls;
    }

    private final Clock clock;
    private final Map<String, Task> tasks = new LinkedHashMap<>();
    private long lastNumber;

    TaskStore(Clock clock) {
        this.clock = clock;
    }

    /** Returns an id that no earlier task had, not even in an earlier process. */
    synchronized String create() {
        lastNumber = Math.max(lastNumber + 1, clock.millis() * 1000);
        String id = Long.toString(lastNumber);
        return tasks.containsKey(id) ? create() : create(id);
    }

    synchronized String create(String id) {
        if (id.isEmpty() || tasks.containsKey(id)) {
            throw new IllegalArgumentException(id.isEmpty() ? "an empty id" : "there is such a task: " + id);
        }
        if (tasks.size() == MAX_KEPT) {
            Iterator<String> eldest = tasks.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
        tasks.put(id, new Task());
        return id;
    }

    synchronized void end(String id, @Nullable String code, @Nullable String error) {
        Task task = require(id);
        if (task.code != null || task.error != null) {
            throw new IllegalStateException("the task has its result: " + id);
        }
        task.code = code;
        task.error = error;
    }

    /** Null for one that failed. */
    synchronized @Nullable String code(String id) {
        Task task = require(id);
        if (task.code == null && task.error == null) {
            throw new IllegalStateException("the task has no result yet: " + id);
        }
        return task.code;
    }

    private Task require(String id) {
        Task task = tasks.get(id);
        if (task == null) {
            throw new IllegalArgumentException("there is no such task: " + id);
        }
        return task;
    }

    synchronized List<String> unfinished() {
        List<String> ids = new ArrayList<>();
        tasks.forEach((id, task) -> {
            if (task.code == null && task.error == null) {
                ids.add(id);
            }
        });
        return ids;
    }

    synchronized void polled(String id) {
        Task task = tasks.get(id);
        if (task != null) {
            task.polls++;
        }
    }

    synchronized int polls(String id) {
        return require(id).polls;
    }

    /** Returns the answer to a poll for the task. */
    synchronized String answer(String id) {
        Task task = tasks.get(id);
        if (task == null) {
            return error("ERROR_WRONG_CAPTCHA_ID");
        }
        if (task.code != null) {
            return "{\"status\":1,\"request\":" + ErrorEnvelope.quoted(task.code) + "}";
        }
        return task.error == null ? NOT_READY : error(task.error);
    }

    static String error(String error) {
        return "{\"status\":0,\"request\":" + ErrorEnvelope.quoted(error) + "}";
    }

    synchronized void clear() {
        tasks.clear();
    }
}
