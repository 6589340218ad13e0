package com.playtcha.jakarta.internal.late.admin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The members of a response to an operator, in the same process or in a file. */
final class AdminResponse {
    static final String DONE = "done";
    static final String NONE = "none";
    static final String UNREACHABLE = "unreachable";
    static final int FORMAT = 1;

    private AdminResponse() {}

    static Map<String, @Nullable Object> of(String status, @Nullable String message) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("playtcha_answer", FORMAT);
        members.put("status", status);
        members.put("message", message);
        return members;
    }

    /** Returns the text of a member, "" where it has none. */
    static String text(Map<String, @Nullable Object> members, String name) {
        Object value = members.get(name);
        return value == null ? "" : String.valueOf(value);
    }

    static long number(Map<String, @Nullable Object> members, String name) {
        return members.get(name) instanceof Number number ? number.longValue() : 0;
    }

    static boolean isTrue(Map<String, @Nullable Object> members, String name) {
        return Boolean.TRUE.equals(members.get(name));
    }

    @SuppressWarnings("unchecked")
    static List<Map<String, @Nullable Object>> objects(Map<String, @Nullable Object> members, String name) {
        return members.get(name) instanceof List<?> list && list.stream().allMatch(Map.class::isInstance)
                ? (List<Map<String, @Nullable Object>>) list
                : List.of();
    }
}
