package com.playtcha.jakarta.it.matrix;

/**
 * How a feature fared in one server on one JDK.
 *
 * @param server its title
 * @param version of the server
 * @param jdk such as 17
 */
record Result(String server, String version, int jdk, Feature feature, int passed, int failed) {

    Result plus(Result other) {
        return new Result(server, version, jdk, feature, passed + other.passed, failed + other.failed);
    }

    String line() {
        return String.join(
                "\t",
                server,
                version,
                Integer.toString(jdk),
                feature.name(),
                Integer.toString(passed),
                Integer.toString(failed));
    }

    static Result parse(String line) {
        String[] parts = line.strip().split("\t", -1);
        return new Result(
                parts[0],
                parts[1],
                Integer.parseInt(parts[2]),
                Feature.valueOf(parts[3]),
                Integer.parseInt(parts[4]),
                Integer.parseInt(parts[5]));
    }

    String cell() {
        return failed == 0 ? "✓" : "✗ " + failed;
    }
}
