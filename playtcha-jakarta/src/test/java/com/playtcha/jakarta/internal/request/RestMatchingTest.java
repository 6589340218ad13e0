package com.playtcha.jakarta.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import org.junit.jupiter.api.Test;

/** Which methods of beans are left to the guard of a resource. */
class RestMatchingTest {
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

    private final RestMatching matching = new RestMatching();

    @Test
    void leavesNothingToRestByItself() throws Exception {
        assertThat(matching.isGuardedByRest(Resource.class, method(Resource.class, int.class)))
                .isFalse();
    }

    @Test
    void oneMethodIsLeftWhereverItIsDeclared() throws Exception {
        matching.onResourceMatched(Resource.class, method(Resource.class, int.class));

        assertThat(matching.isGuardedByRest(Resource.class, method(Resource.class, int.class)))
                .isTrue();
        assertThat(matching.isGuardedByRest(Resource.class, method(Contract.class, int.class)))
                .isTrue();
        assertThat(matching.isGuardedByRest(Proxy.class, method(Proxy.class, int.class)))
                .isTrue();
    }

    @Test
    void itIsLeftWhateverAContainerMadeOfTheClass() throws Exception {
        matching.onResourceMatched(Made$$Proxy.class, method(Contract.class, int.class));

        assertThat(matching.isGuardedByRest(Made$$Subclass.class, method(Made$$Subclass.class, int.class)))
                .isTrue();
        assertThat(matching.isGuardedByRest(Resource.class, method(Resource.class, int.class)))
                .isTrue();
    }

    @Test
    void noOtherMethodIsLeft() throws Exception {
        matching.onResourceMatched(Resource.class, method(Resource.class, int.class));

        assertThat(matching.isGuardedByRest(Resource.class, method(Resource.class, String.class)))
                .isFalse();
        assertThat(matching.isGuardedByRest(Resource.class, Resource.class.getMethod("remove", int.class)))
                .isFalse();
        assertThat(matching.isGuardedByRest(Stranger.class, method(Stranger.class, int.class)))
                .isFalse();
    }

    @Test
    void anotherClassWithTheSameInterfaceIsNotLeft() throws Exception {
        matching.onResourceMatched(Resource.class, method(Contract.class, int.class));

        assertThat(matching.isGuardedByRest(Sibling.class, method(Sibling.class, int.class)))
                .isFalse();
        assertThat(matching.isGuardedByRest(Sibling.class, method(Contract.class, int.class)))
                .isFalse();
    }

    private static Method method(Class<?> type, Class<?> parameter) throws NoSuchMethodException {
        return type.getDeclaredMethod("list", parameter);
    }
}
