package com.playtcha.jakarta.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a request remembers besides verdicts. */
class RequestVerificationsTest {
    interface Contract {
        String list(int page);
    }

    static class Resource implements Contract {
        @Override
        public String list(int page) {
            return "";
        }

        public String list(String page) {
            return "";
        }

        public String remove(int page) {
            return "";
        }
    }

    static class Made$$Subclass extends Resource {
        @Override
        public String list(int page) {
            return "";
        }
    }

    static class Made$$Proxy extends Resource {}

    /** Has nothing to do with the resource but that both are lists. */
    static class Sibling implements Contract {
        @Override
        public String list(int page) {
            return "";
        }
    }

    static class Proxy extends Resource {
        @Override
        public String list(int page) {
            return "";
        }
    }

    static class Stranger {
        public String list(int page) {
            return "";
        }
    }

    private final RequestVerifications verifications = new RequestVerifications();

    @Test
    void admitsToNothingByItself() throws Exception {
        assertThat(verifications.isAdmittedTo(Resource.class, method(Resource.class, int.class)))
                .isFalse();
    }

    @Test
    void admissionIsToOneMethodWhereverItIsDeclared() throws Exception {
        verifications.matched(Resource.class, method(Resource.class, int.class));

        assertThat(verifications.isAdmittedTo(Resource.class, method(Resource.class, int.class)))
                .isTrue();
        assertThat(verifications.isAdmittedTo(Resource.class, method(Contract.class, int.class)))
                .isTrue();
        assertThat(verifications.isAdmittedTo(Proxy.class, method(Proxy.class, int.class)))
                .isTrue();
    }

    @Test
    void admissionIsToWhateverAContainerMadeOfTheClass() throws Exception {
        verifications.matched(Made$$Proxy.class, method(Contract.class, int.class));

        assertThat(verifications.isAdmittedTo(Made$$Subclass.class, method(Made$$Subclass.class, int.class)))
                .isTrue();
        assertThat(verifications.isAdmittedTo(Resource.class, method(Resource.class, int.class)))
                .isTrue();
    }

    @Test
    void admissionIsToNoOtherMethod() throws Exception {
        verifications.matched(Resource.class, method(Resource.class, int.class));

        assertThat(verifications.isAdmittedTo(Resource.class, method(Resource.class, String.class)))
                .isFalse();
        assertThat(verifications.isAdmittedTo(Resource.class, Resource.class.getMethod("remove", int.class)))
                .isFalse();
        assertThat(verifications.isAdmittedTo(Stranger.class, method(Stranger.class, int.class)))
                .isFalse();
    }

    @Test
    void admissionIsNotToAnotherClassWithTheSameInterface() throws Exception {
        verifications.matched(Resource.class, method(Contract.class, int.class));

        assertThat(verifications.isAdmittedTo(Sibling.class, method(Sibling.class, int.class)))
                .isFalse();
        assertThat(verifications.isAdmittedTo(Sibling.class, method(Contract.class, int.class)))
                .isFalse();
    }

    @Test
    void attributeOfAnotherTypeIsIgnored() {
        Map<String, Object> attributes = new HashMap<>(Map.of(RequestVerifications.ATTRIBUTE, "VERIFIED"));

        RequestVerifications first = RequestVerifications.of(attributes::get, attributes::put);

        assertThat(first.latest()).isNull();
        assertThat(RequestVerifications.of(attributes::get, attributes::put)).isSameAs(first);
    }

    private static Method method(Class<?> type, Class<?> parameter) throws NoSuchMethodException {
        return type.getDeclaredMethod("list", parameter);
    }
}
