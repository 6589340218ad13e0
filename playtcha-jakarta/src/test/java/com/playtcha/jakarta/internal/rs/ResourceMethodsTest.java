package com.playtcha.jakarta.internal.rs;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.annotation.PlaytchaProtected;
import com.playtcha.jakarta.internal.annotation.GuardAnnotations;
import com.playtcha.jakarta.internal.config.SettingsLoader.UsageSite;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Where an annotation may stand so that it counts. */
class ResourceMethodsTest {
    static class Free {
        public void post(String body) {}
    }

    static class OnMethod {
        @PlaytchaProtected("method")
        public void post(String body) {}
    }

    @PlaytchaProtected("class")
    static class OnClass {
        public void post(String body) {}
    }

    @PlaytchaProtected("class")
    static class OnBoth {
        @PlaytchaProtected("method")
        public void post(String body) {}
    }

    static class Overriding extends OnMethod {
        @Override
        public void post(String body) {}
    }

    static class OverridingOfClass extends OnClass {
        @Override
        public void post(String body) {}
    }

    static class Inheriting extends OnMethod {}

    @PlaytchaProtected("class")
    static class ClassOverInheritedMethod extends OnMethod {
        @Override
        public void post(String body) {}
    }

    @PlaytchaProtected("interface")
    interface OnInterface {
        void post(String body);
    }

    interface OnInterfaceMethod {
        @PlaytchaProtected("interface-method")
        void post(String body);
    }

    interface Between extends OnInterfaceMethod {}

    static class ImplementingInterface implements OnInterface {
        @Override
        public void post(String body) {}
    }

    static class ImplementingMethod extends Free implements Between {}

    interface Generic<T> {
        @PlaytchaProtected("generic")
        void post(T body);
    }

    static class ImplementingGeneric implements Generic<String> {
        @Override
        public void post(String body) {}
    }

    static class GenericBySuperclass extends Free implements Generic<String> {}

    static class MadeByAContainer extends ImplementingGeneric {
        @Override
        public void post(String body) {}
    }

    static class Overloaded {
        public void post(String body) {}

        @PlaytchaProtected("other")
        public void post(Integer body) {}

        @PlaytchaProtected("other")
        public void post() {}
    }

    @PlaytchaProtected("stereotype")
    @Retention(RetentionPolicy.RUNTIME)
    @interface SignUps {}

    @SignUps
    static class OnStereotype {
        public void post(String body) {}
    }

    static Stream<Arguments> places() {
        return Stream.of(
                Arguments.of(Free.class, null),
                Arguments.of(Overloaded.class, null),
                Arguments.of(OnMethod.class, "method"),
                Arguments.of(OnClass.class, "class"),
                Arguments.of(OnBoth.class, "method"),
                Arguments.of(Overriding.class, "method"),
                Arguments.of(OverridingOfClass.class, "class"),
                Arguments.of(Inheriting.class, "method"),
                Arguments.of(ClassOverInheritedMethod.class, "method"),
                Arguments.of(ImplementingInterface.class, "interface"),
                Arguments.of(ImplementingMethod.class, "interface-method"),
                Arguments.of(ImplementingGeneric.class, "generic"),
                Arguments.of(GenericBySuperclass.class, "generic"),
                Arguments.of(MadeByAContainer.class, "generic"),
                Arguments.of(OnStereotype.class, "stereotype"));
    }

    @ParameterizedTest
    @MethodSource("places")
    void annotationCountsAtEveryLevel(Class<?> type, @Nullable String guard) throws NoSuchMethodException {
        assertThat(GuardAnnotations.guardOf(type, type.getMethod("post", String.class)))
                .isEqualTo(guard);
    }

    @Test
    void methodAsItsInterfaceDeclaresItIsLookedForInTheClass() throws NoSuchMethodException {
        Method declared = Generic.class.getMethod("post", Object.class);

        assertThat(GuardAnnotations.guardOf(OnBoth.class, declared)).isEqualTo("generic");
        assertThat(GuardAnnotations.guardOf(OnClass.class, OnInterface.class.getMethod("post", String.class)))
                .isEqualTo("class");
    }

    static class Resource {
        @POST
        @PlaytchaProtected("post")
        public void post() {}

        @GET
        public void get() {}

        @PlaytchaProtected("nothing of REST")
        public void plain() {}

        @Path("free")
        public Free free() {
            return new Free();
        }

        @Path("guarded")
        @PlaytchaProtected("locator")
        public OnMethod guarded() {
            return new OnMethod();
        }

        @Path("by-class")
        @PlaytchaProtected("by-class")
        public Class<? extends OnClass> byClass() {
            return OnClass.class;
        }

        @Path("anything")
        @PlaytchaProtected("anything")
        public Object anything() {
            return new OnBoth();
        }

        @POST
        @Path("method")
        @PlaytchaProtected("method with a path")
        public Free method() {
            return new Free();
        }
    }

    @Test
    void usesAreTheMethodsThatRequestsReach() {
        assertThat(ResourceMethods.uses(Resource.class, null).stream().map(UsageSite::guard))
                .containsExactlyInAnyOrder("post", "locator", "by-class", "anything", "method with a path");
        assertThat(ResourceMethods.uses(Resource.class, "application").stream()
                        .filter(use -> use.guard().equals("application"))
                        .map(UsageSite::where))
                .allMatch(where -> Arrays.asList("get", "free").stream().anyMatch(where::endsWith))
                .hasSize(2);
        assertThat(ResourceMethods.uses(OnMethod.class, "application")).isEmpty();
    }

    @Test
    void locatorsCountByWhatTheyMayReturn() {
        assertThat(ResourceMethods.locatorGuards(Resource.class, OnMethod.class))
                .containsExactlyInAnyOrder("locator", "anything");
        assertThat(ResourceMethods.locatorGuards(Resource.class, OnClass.class))
                .containsExactlyInAnyOrder("by-class", "anything");
        assertThat(ResourceMethods.locatorGuards(Resource.class, Free.class)).containsExactly("anything");
        assertThat(ResourceMethods.locatorGuards(Free.class, Free.class)).isEmpty();
    }
}
