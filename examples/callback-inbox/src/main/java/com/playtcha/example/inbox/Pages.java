package com.playtcha.example.inbox;

import com.playtcha.example.inbox.Board.Place;
import jakarta.servlet.http.HttpServletRequest;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which page of each list is shown: parameters of the address, such as {@code ?retrying=2}.
 *
 * @param numbers from 1; a list that is not in it shows its first page
 */
record Pages(Map<Place, Integer> numbers) {
    static Pages of(HttpServletRequest request) {
        Map<Place, Integer> numbers = new EnumMap<>(Place.class);
        for (Place place : Place.values()) {
            String value = request.getParameter(name(place));
            if (value != null && value.matches("[1-9][0-9]{0,3}")) {
                numbers.put(place, Integer.valueOf(value));
            }
        }
        return new Pages(numbers);
    }

    int number(Place place) {
        return numbers.getOrDefault(place, 1);
    }

    /** The address of the same lists, one of them at another page. */
    String queryAt(Place place, int number) {
        Map<Place, Integer> changed = new EnumMap<>(Place.class);
        changed.putAll(numbers);
        changed.put(place, number);
        return new Pages(changed).query();
    }

    String query() {
        return numbers.entrySet().stream()
                .filter(each -> each.getValue() > 1)
                .map(each -> name(each.getKey()) + "=" + each.getValue())
                .collect(Collectors.joining("&", "?", ""));
    }

    private static String name(Place place) {
        return place.name().toLowerCase(Locale.ROOT);
    }
}
