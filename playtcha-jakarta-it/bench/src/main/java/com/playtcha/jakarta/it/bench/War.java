package com.playtcha.jakarta.it.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/** Writes a WAR with classes and libraries of this process's class path. */
public final class War {
    private War() {}

    /**
     * Writes one.
     *
     * @param manifest further lines, each with its end
     * @param libraries a pattern of the names of jars on the class path
     */
    public static void write(Path file, String manifest, String webXml, List<Class<?>> classes, String libraries)
            throws IOException {
        try (JarOutputStream war = new JarOutputStream(Files.newOutputStream(file))) {
            entry(war, "META-INF/MANIFEST.MF", ("Manifest-Version: 1.0\n" + manifest).getBytes(StandardCharsets.UTF_8));
            entry(war, "WEB-INF/web.xml", webXml.getBytes(StandardCharsets.UTF_8));
            for (Class<?> type : classes) {
                String name = type.getName().replace('.', '/') + ".class";
                try (InputStream content = Objects.requireNonNull(type.getResourceAsStream("/" + name), name)) {
                    entry(war, "WEB-INF/classes/" + name, content.readAllBytes());
                }
            }
            for (String each : System.getProperty("java.class.path").split(System.getProperty("path.separator"))) {
                Path library = Path.of(each);
                if (library.getFileName().toString().matches(libraries)) {
                    entry(war, "WEB-INF/lib/" + library.getFileName(), Files.readAllBytes(library));
                }
            }
        }
    }

    private static void entry(JarOutputStream war, String name, byte[] content) throws IOException {
        war.putNextEntry(new ZipEntry(name));
        war.write(content);
        war.closeEntry();
    }
}
