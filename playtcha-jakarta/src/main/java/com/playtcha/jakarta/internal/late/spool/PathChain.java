package com.playtcha.jakarta.internal.late.spool;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The directories and links through which the file system reaches a path; a user who may change one of them may replace it. */
final class PathChain {
    /** As many as Linux follows. */
    private static final int MAX_LINKS = 40;

    private PathChain() {}

    /** Returns those that exist, from the root to the path itself; the last one is not a link unless it leads nowhere. */
    static List<Path> of(Path path) throws IOException {
        Path absolute = path.toAbsolutePath();
        List<Path> chain = new ArrayList<>();
        Deque<Path> names = new ArrayDeque<>();
        absolute.forEach(names::add);
        Path current = absolute.getRoot();
        chain.add(current);
        int links = 0;
        while (!names.isEmpty()) {
            String name = names.pop().toString();
            Path next = current.resolve(name);
            if (name.equals("..")) {
                // Its directory is in the chain, since it was passed on the way down.
                current = current.getParent() == null ? current : current.getParent();
            } else if (Files.isSymbolicLink(next)) {
                chain.add(next);
                links++;
                if (links > MAX_LINKS) {
                    throw new FileSystemLoopException(path.toString());
                }
                Path target = Files.readSymbolicLink(next);
                for (int i = target.getNameCount() - 1; i >= 0; i--) {
                    names.push(target.getName(i));
                }
                current = target.isAbsolute() ? target.getRoot() : current;
            } else if (!Files.exists(next)) {
                return chain;
            } else if (!name.isEmpty() && !name.equals(".")) {
                chain.add(next);
                current = next;
            }
        }
        if (!chain.get(chain.size() - 1).equals(current)) {
            chain.add(current);
        }
        return chain;
    }
}
