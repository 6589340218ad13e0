package com.playtcha.jakarta.internal.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.playtcha.jakarta.internal.config.SettingsLoader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderNotFoundException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** The settings of a web application that does not run: its web.xml, and its configuration files in WEB-INF/classes. */
final class WarSettings {
    private static final String FILTER_CLASS = "com.playtcha.jakarta.servlet.PlaytchaFilter";

    private WarSettings() {}

    /** Returns a loader for a WAR file or its unpacked directory. Fragments and annotations are not read. */
    static SettingsLoader loader(Path war) throws IOException {
        if (Files.isDirectory(war)) {
            Path classes = war.resolve("WEB-INF/classes/");
            return read(war.resolve("WEB-INF/web.xml"), classes.toUri().toURL());
        }
        try (FileSystem files = open(war)) {
            URI classes = URI.create("jar:" + war.toUri() + "!/WEB-INF/classes/");
            return read(files.getPath("WEB-INF/web.xml"), classes.toURL());
        }
    }

    private static FileSystem open(Path war) throws IOException {
        try {
            return FileSystems.newFileSystem(war);
        } catch (ProviderNotFoundException e) {
            throw new IOException("it is no WAR file", e);
        }
    }

    private static SettingsLoader read(Path webXml, URL classes) throws IOException {
        ClassLoader own = new URLClassLoader(new URL[] {classes}, WarSettings.class.getClassLoader());
        SettingsLoader loader = new SettingsLoader().classLoader(own);
        if (Files.notExists(webXml)) {
            return loader;
        }
        try (InputStream in = Files.newInputStream(webXml)) {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
            factory.setExpandEntityReferences(false);
            factory.setNamespaceAware(true);
            DocumentBuilder builder = factory.newDocumentBuilder();
            // The default handler prints to the standard error.
            builder.setErrorHandler(null);
            Element root = builder.parse(in).getDocumentElement();
            Set<String> others = new HashSet<>();
            for (Element filter : elements(root, "filter")) {
                String name = text(filter, "filter-name");
                if (isOurs(text(filter, "filter-class"), own)) {
                    loader.filter(name, params(filter, "init-param"));
                } else {
                    others.add(name);
                }
            }
            return loader.takenFilterNames(others).contextParams(params(root, "context-param"));
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Returns whether a filter is this library's, or a class that extends or mentions it. Such a class cannot be loaded: the
     * Servlet API is the container's, and not among the jars of the application.
     */
    private static boolean isOurs(String className, ClassLoader classes) throws IOException {
        if (className.equals(FILTER_CLASS)) {
            return true;
        }
        try (InputStream in = classes.getResourceAsStream(className.replace('.', '/') + ".class")) {
            return in != null && new String(in.readAllBytes(), ISO_8859_1).contains(FILTER_CLASS.replace('.', '/'));
        }
    }

    private static List<Element> elements(Element parent, String name) {
        NodeList found = parent.getElementsByTagNameNS("*", name);
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> (Element) found.item(i))
                .toList();
    }

    private static Map<String, String> params(Element parent, String name) {
        Map<String, String> params = new LinkedHashMap<>();
        elements(parent, name).forEach(param -> params.put(text(param, "param-name"), text(param, "param-value")));
        return params;
    }

    private static String text(Element parent, String name) {
        List<Element> found = elements(parent, name);
        return found.isEmpty() ? "" : found.get(0).getTextContent().strip();
    }
}
