package com.playtcha.jakarta;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaParameterizedType;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * On JDK 17 the {@code equals} that the compiler generates for a record leaves the record's class in a cache of the JDK,
 * and with it the class loader of an application that was undeployed. Records that are compared write theirs out.
 */
class RecordsTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("/testkit/"))
            .importPackages("com.playtcha.jakarta");

    @Test
    void recordsThatAreComparedWriteOutEquals() {
        Set<String> generated = CLASSES.stream()
                .filter(type -> type.isRecord() && hasGeneratedEquals(type))
                .map(JavaClass::getName)
                .collect(toCollection(TreeSet::new));
        assertThat(generated).isNotEmpty();

        assertThat(compared()).doesNotContainAnyElementsOf(generated);
    }

    /** A generated method has one instruction that calls {@code ObjectMethods}, which ArchUnit does not show as a call. */
    private static boolean hasGeneratedEquals(JavaClass type) {
        JavaCodeUnit equals = type.getMethod("equals", Object.class);
        return equals.getAccessesFromSelf().isEmpty()
                && equals.getInstanceofChecks().isEmpty();
    }

    /** Classes with a call of their {@code equals} or {@code hashCode}, and those that a set or the keys of a map hold. */
    private static Set<String> compared() {
        Set<String> compared = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            type.getMethodCallsFromSelf().stream()
                    .filter(call -> !call.getTargetOwner().equals(type)
                            && List.of("equals", "hashCode").contains(call.getName()))
                    .forEach(call -> compared.add(call.getTargetOwner().getName()));
            Stream<JavaType> fields = type.getFields().stream().map(JavaField::getType);
            Stream<JavaType> signatures = type.getCodeUnits().stream()
                    .flatMap(unit -> Stream.concat(Stream.of(unit.getReturnType()), unit.getParameterTypes().stream()));
            Stream.concat(fields, signatures).forEach(each -> addElements(each, compared));
        }
        return compared;
    }

    private static void addElements(JavaType type, Set<String> compared) {
        if (!(type instanceof JavaParameterizedType generic)) {
            return;
        }
        List<JavaType> arguments = new ArrayList<>(generic.getActualTypeArguments());
        if (generic.toErasure().isAssignableTo(Set.class) || generic.toErasure().isAssignableTo(Map.class)) {
            compared.add(arguments.get(0).toErasure().getName());
        }
        arguments.forEach(argument -> addElements(argument, compared));
    }
}
