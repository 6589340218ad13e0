package com.playtcha.jakarta.internal.command;

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
import java.util.LinkedHashMap;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What an application's web.xml sets, and where its configuration files are. Fragments and annotations are not read.
 *
 * @param filters the init-params of each {@code PlaytchaFilter} by its name
 * @param classes {@code WEB-INF/classes}, where MicroProfile Config looks for its file
 */
record WebDescriptor(
        Map<String, String> contextParams,
        Map<String, Map<String, String>> filters,
        @Nullable URL classes) {
    static final WebDescriptor NONE = new WebDescriptor(Map.of(), Map.of(), null);
    private static final String FILTER_CLASS = "com.playtcha.jakarta.servlet.PlaytchaFilter";
    private static final String WEB_XML = "WEB-INF/web.xml";

    /** Reads a WAR file, its unpacked directory, or a web.xml. */
    static WebDescriptor read(Path war) throws IOException {
        if (Files.isDirectory(war)) {
            return parse(
                    war.resolve(WEB_XML),
                    war.resolve("WEB-INF/classes/").toUri().toURL());
        }
        if (war.toString().endsWith(".xml")) {
            return parse(war, null);
        }
        try (FileSystem files = FileSystems.newFileSystem(war)) {
            return parse(
                    files.getPath(WEB_XML),
                    URI.create("jar:" + war.toUri() + "!/WEB-INF/classes/").toURL());
        }
    }

    private static WebDescriptor parse(Path webXml, @Nullable URL classes) throws IOException {
        if (Files.notExists(webXml)) {
            return new WebDescriptor(Map.of(), Map.of(), classes);
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
            Map<String, Map<String, String>> filters = new LinkedHashMap<>();
            NodeList all = root.getElementsByTagNameNS("*", "filter");
            for (int i = 0; i < all.getLength(); i++) {
                if (all.item(i) instanceof Element filter
                        && text(filter, "filter-class").equals(FILTER_CLASS)) {
                    filters.put(text(filter, "filter-name"), params(filter, "init-param"));
                }
            }
            return new WebDescriptor(params(root, "context-param"), filters, classes);
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static Map<String, String> params(Element parent, String name) {
        Map<String, String> params = new LinkedHashMap<>();
        for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element param && name.equals(param.getLocalName())) {
                params.put(text(param, "param-name"), text(param, "param-value"));
            }
        }
        return params;
    }

    private static String text(Element parent, String name) {
        Node found = parent.getElementsByTagNameNS("*", name).item(0);
        return found == null ? "" : found.getTextContent().strip();
    }

    private ClassLoader classLoader() {
        ClassLoader parent = WebDescriptor.class.getClassLoader();
        return classes == null ? parent : new URLClassLoader(new URL[] {classes}, parent);
    }

    /** Returns a loader of all settings; without a descriptor, the default guard counts as used. */
    SettingsLoader loader() {
        SettingsLoader loader = new SettingsLoader().classLoader(classLoader());
        if (equals(NONE)) {
            return loader.map(Map.of());
        }
        filters.forEach(loader::filter);
        return loader.contextParams(contextParams);
    }
}
