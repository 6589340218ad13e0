package com.playtcha.jakarta.it.matrix;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Writes one file for each feature of a test class: how many of its tests passed, and how many did not. */
public final class ResultWriter implements TestExecutionListener {
    private final Map<String, Result> results = new ConcurrentHashMap<>();

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        boolean passed = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
        if (test.isTest() || !passed) {
            test.getSource().ifPresent(source -> count(source, passed));
        }
    }

    private void count(TestSource source, boolean passed) {
        Class<?> type;
        Set<Feature> features = EnumSet.noneOf(Feature.class);
        if (source instanceof MethodSource method) {
            type = method.getJavaClass();
            covered(AnnotationSupport.findAnnotation(method.getJavaMethod(), Covers.class), features);
        } else if (source instanceof ClassSource all) {
            type = all.getJavaClass();
        } else {
            return;
        }
        covered(AnnotationSupport.findAnnotation(type, Covers.class), features);
        for (Feature feature : features) {
            results.merge(
                    type.getSimpleName() + "-" + feature,
                    new Result(
                            MatrixServer.current().title(),
                            MatrixServer.currentVersion(),
                            Runtime.version().feature(),
                            feature,
                            passed ? 1 : 0,
                            passed ? 0 : 1),
                    Result::plus);
        }
    }

    private static void covered(Optional<Covers> covers, Set<Feature> features) {
        covers.map(Covers::value).ifPresent(features::add);
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        String directory = System.getProperty("it.matrix");
        if (directory == null) {
            return;
        }
        try {
            Path target = Files.createDirectories(Path.of(directory));
            String run =
                    System.getProperty("it.server") + "-jdk" + Runtime.version().feature() + "-";
            for (Map.Entry<String, Result> entry : results.entrySet()) {
                // Whole before it is there: another module may be making its table.
                Path file = Files.createTempFile(target.getParent(), run, null);
                Files.writeString(file, entry.getValue().line());
                Files.move(file, target.resolve(run + entry.getKey()), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
