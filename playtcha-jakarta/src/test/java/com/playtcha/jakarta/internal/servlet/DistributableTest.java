package com.playtcha.jakarta.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Constants;
import org.apache.catalina.startup.ContextConfig;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.scan.StandardJarScanner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Containers replicate the sessions of an application if its web.xml and each of its fragments, of which this library is
 * one, are distributable.
 */
class DistributableTest {
    @TempDir
    private Path directory;

    @Test
    void distributableApplicationStaysOneWithTheLibrary() throws Exception {
        Path lib = Files.createDirectories(directory.resolve("app/WEB-INF/lib"));
        Files.writeString(lib.resolveSibling("web.xml"), """
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0"><distributable/></web-app>
                """);
        Path classes = Path.of(PlaytchaInitializer.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(lib.resolve("library.jar")))) {
            jar.putNextEntry(new JarEntry("META-INF/web-fragment.xml"));
            Files.copy(classes.resolve("META-INF/web-fragment.xml"), jar);
            jar.closeEntry();
        }
        ContextConfig webXml = new ContextConfig();
        webXml.setDefaultWebXml(Constants.NoDefaultWebXml);
        StandardContext context = new StandardContext();
        context.setPath("");
        context.setDocBase(directory.resolve("app").toString());
        context.addLifecycleListener(webXml);
        // The class path of the tests has initializers and fragments of other libraries.
        context.setContainerSciFilter(".*");
        StandardJarScanner onlyOfTheApplication = new StandardJarScanner();
        onlyOfTheApplication.setScanClassPath(false);
        context.setJarScanner(onlyOfTheApplication);
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(directory.toString());
        tomcat.getHost().addChild(context);
        tomcat.start();
        try {
            assertThat(context.getDistributable()).isTrue();
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }
}
