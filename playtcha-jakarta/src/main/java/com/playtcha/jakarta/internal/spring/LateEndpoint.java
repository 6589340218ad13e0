package com.playtcha.jakarta.internal.spring;

import com.playtcha.jakarta.late.DeadLetterFilter;
import com.playtcha.jakarta.late.DeadLetterPage;
import com.playtcha.jakarta.late.LateItem;
import com.playtcha.jakarta.late.LateResults;
import com.playtcha.jakarta.late.LateState;
import com.playtcha.jakarta.late.LateUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.lang.Nullable;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * The Actuator's endpoint of items whose handler failed. It only reads, unless {@code management.endpoint.playtchalate.access},
 * or the access of all endpoints, is {@code unrestricted}. The names of its parameters are those of the requests.
 */
@WebEndpoint(id = "playtchalate", defaultAccess = Access.READ_ONLY)
final class LateEndpoint {
    private static final int MAX_LIMIT = 1000;
    private static final List<String> FILTERS = List.of("state", "olderThan", "error");
    private static final List<String> LISTS = List.of("state", "olderThan", "error", "limit", "cursor");

    private final LateResults late;

    LateEndpoint(LateResults late) {
        this.late = late;
    }

    @ReadOperation
    WebEndpointResponse<?> list(
            @Nullable LateState state,
            @Nullable Duration olderThan,
            @Nullable String error,
            @Nullable Integer limit,
            @Nullable String cursor) {
        return respond(() -> Optional.of(late.getDeadLetters()
                .list(
                        filter(LISTS, state, olderThan, error),
                        cursor,
                        Math.min(limit == null ? MAX_LIMIT : limit, MAX_LIMIT))));
    }

    @ReadOperation
    WebEndpointResponse<?> show(@Selector String id) {
        requireAllowedParameters(List.of());
        return respond(() -> find(id));
    }

    /** As the store has an item or, where it does not or is down, as the list has it, which begins with the spool. */
    private Optional<LateItem> find(String id) {
        LateUnavailableException down = null;
        try {
            Optional<LateItem> stored = late.getTasks().find(id);
            if (stored.isPresent()) {
                return stored;
            }
        } catch (LateUnavailableException e) {
            down = e;
        }
        String cursor = null;
        do {
            DeadLetterPage page = late.getDeadLetters().list(DeadLetterFilter.all(), cursor, MAX_LIMIT);
            for (LateItem item : page.getItems()) {
                if (item.isSpooled() && item.getId().equals(id)) {
                    return Optional.of(item);
                }
            }
            boolean hasMore = page.getItems().stream().allMatch(LateItem::isSpooled);
            cursor = hasMore ? page.getNextCursor().orElse(null) : null;
        } while (cursor != null);
        if (down != null) {
            throw down;
        }
        return Optional.empty();
    }

    @WriteOperation
    WebEndpointResponse<?> retryAll(@Nullable LateState state, @Nullable Duration olderThan, @Nullable String error) {
        return counted(() -> late.getDeadLetters().retryAll(filter(FILTERS, state, olderThan, error)));
    }

    @WriteOperation
    WebEndpointResponse<?> retry(@Selector String id) {
        return one(late.getDeadLetters()::retry, id);
    }

    @DeleteOperation
    WebEndpointResponse<?> discardAll(@Nullable LateState state, @Nullable Duration olderThan, @Nullable String error) {
        if (state == null && olderThan == null && (error == null || error.isBlank())) {
            throw new InvalidEndpointRequestException(
                    "discard needs state, olderThan or error, so that nothing is discarded by mistake; olderThan=0s"
                            + " selects all",
                    "missing filter");
        }
        return counted(() -> late.getDeadLetters().discardAll(filter(FILTERS, state, olderThan, error)));
    }

    @DeleteOperation
    WebEndpointResponse<?> discard(@Selector String id) {
        return one(late.getDeadLetters()::discard, id);
    }

    private static DeadLetterFilter filter(
            List<String> allowed, @Nullable LateState state, @Nullable Duration olderThan, @Nullable String error) {
        requireAllowedParameters(allowed);
        DeadLetterFilter filter = DeadLetterFilter.all();
        filter = state == null ? filter : filter.state(state);
        filter = olderThan == null ? filter : filter.olderThan(olderThan);
        return error == null || error.isBlank() ? filter : filter.errorContaining(error);
    }

    /** The Actuator ignores other parameters, and without a filter that was misspelt, more would be discarded. */
    private static void requireAllowedParameters(List<String> allowed) {
        if (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes web
                && !allowed.containsAll(web.getRequest().getParameterMap().keySet())) {
            throw new InvalidEndpointRequestException(
                    allowed.isEmpty()
                            ? "one item is named by its id alone, without parameters"
                            : "a parameter has another name than these: " + String.join(", ", allowed),
                    "unknown parameter");
        }
    }

    private static WebEndpointResponse<?> one(Predicate<String> work, String id) {
        requireAllowedParameters(List.of());
        return respond(() -> work.test(id) ? Optional.of(Map.of("items", 1)) : Optional.empty());
    }

    private static WebEndpointResponse<?> counted(Supplier<Integer> work) {
        return respond(() -> Optional.of(Map.of("items", work.get())));
    }

    private static WebEndpointResponse<?> respond(Supplier<Optional<?>> work) {
        try {
            return work.get()
                    .<WebEndpointResponse<?>>map(WebEndpointResponse::new)
                    .orElseGet(() -> new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND));
        } catch (IllegalArgumentException e) {
            throw new InvalidEndpointRequestException(String.valueOf(e.getMessage()), "wrong parameter");
        } catch (LateUnavailableException e) {
            return new WebEndpointResponse<>(
                    Map.of("error", String.valueOf(e.getMessage())), WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
        }
    }
}
