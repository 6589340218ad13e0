package com.playtcha.jakarta.internal.late.callback;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Contract, section 3: nothing that a caller sends takes more than four times its size in memory. */
class CallbackFormTest {
    private static final int FORMS = 60;

    /** Anyone may send a form: the key may be in its body. */
    @Test
    void aFormOfManyValuesTakesNoManyTimesItsSize() {
        List<String> fields = List.of("key=", "id=", "code=");
        String form = IntStream.range(0, 60_000)
                .mapToObj(i -> fields.get(i % 3) + Integer.toString(i, Character.MAX_RADIX))
                .collect(Collectors.joining("&"));
        assertThat(form.length()).isBetween(CallbackForm.MAX_BODY * 9 / 10, CallbackForm.MAX_BODY);
        List<CallbackForm> read = new ArrayList<>();
        long before = used();
        for (int i = 0; i < FORMS; i++) {
            CallbackForm each = new CallbackForm();
            each.addQuery(form);
            read.add(each);
        }

        assertThat(used() - before).isLessThan(4L * FORMS * form.length());
        assertThat(read).allSatisfy(each -> assertThat(each.problem()).isEqualTo("it has two different ids or codes"));
    }

    /** A wrong key among many right ones must not be the one that is not kept. */
    @Test
    void aKeyThatIsNotKeptCountsAsAWrongOne() {
        CallbackForm form = new CallbackForm();
        form.addQuery(IntStream.range(0, 1000).mapToObj(i -> "key=right-" + i).collect(Collectors.joining("&")));
        form.addKeyHeader("wrong");

        assertThat(form.keys()).hasSizeLessThan(200).contains("");
    }

    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
