package com.playtcha.jakarta.internal.servlet;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A hostile request, byte for byte: one that carries no token that Playtcha would call good, and tries to run a guarded
 * servlet all the same.
 *
 * @param request may be several requests, or less than one
 */
record Attack(String group, String name, byte[] request) {
    static final String FORM = "application/x-www-form-urlencoded";
    private static final String FIELD = "playtcha-response=refused";

    @Override
    public String toString() {
        return group + ": " + name;
    }

    /** The table. The application is {@code /app}, with guards on /signup, /account/* and *.do. */
    static List<Attack> all() {
        List<Attack> table = new ArrayList<>();
        paths(table);
        methods(table);
        dispatches(table);
        tokens(table);
        bodies(table);
        framing(table);
        return table;
    }

    private static Attack post(String group, String name, String path) {
        return new Attack(group, name, bytes(text("POST", path, "Content-Type: " + FORM + "\r\n", FIELD)));
    }

    private static Attack raw(String group, String name, String text) {
        return new Attack(group, name, bytes(text));
    }

    /** A complete request whose length is right, and after which the connection ends. */
    private static String text(String method, String path, String lines, String body) {
        return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + lines
                + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void paths(List<Attack> table) {
        // Each guarded place as its plain path, then disguised in each way.
        for (String[] place : List.of(
                new String[] {"/", "signup"}, new String[] {"/account/", "close"}, new String[] {"/", "order.do"})) {
            String folder = place[0];
            String page = place[1];
            for (String path : List.of(
                    folder + page,
                    folder + page + "/",
                    folder + page + "//",
                    folder + page + "/.",
                    folder + page + "/..",
                    folder + page + "/x/..",
                    folder + page + "/x",
                    folder + page + ";a=b",
                    folder + page + ";a=b/",
                    folder + page + ";/",
                    folder + page + "/;a=b",
                    folder + page + ";/../x",
                    folder + page + ";jsessionid=1.do",
                    folder + ";a=b/" + page,
                    "/;a=b" + folder + page,
                    "/" + folder + page,
                    "//" + folder + "/" + page,
                    folder + "/" + page,
                    folder + "./" + page,
                    folder + "x/../" + page,
                    folder + "x/..;/" + page,
                    folder + "x/..;a=b/" + page,
                    folder + "x/%2e%2e/" + page,
                    folder + "x/%2e%2e;/" + page,
                    folder + "%2e/" + page,
                    "/x/.." + folder + page,
                    "/../app" + folder + page,
                    folder + "%" + Integer.toHexString(page.charAt(0)) + page.substring(1),
                    folder + "%25" + Integer.toHexString(page.charAt(0)) + page.substring(1),
                    folder + "%" + Integer.toHexString(page.charAt(0)).toUpperCase(java.util.Locale.ROOT)
                            + page.substring(1),
                    "%2f" + page,
                    folder + "%2f" + page,
                    folder + page + "%2f",
                    folder + page + "%2F..",
                    folder + page + "%5c",
                    folder + page + "\\",
                    folder + "x\\..\\" + page,
                    folder + "x%5c..%5c" + page,
                    folder + page + "%00",
                    folder + page + "%00.css",
                    folder + page + ".",
                    folder + page + "%20",
                    folder + page + "%09",
                    folder + page + "%3b",
                    folder + page + "%3ba=b",
                    folder + page + "?",
                    folder + page + "?.css",
                    folder + page + "%3f.css",
                    folder + page + "#x",
                    folder + page + "%23x",
                    folder + page + "/x.css",
                    folder + page + ".css",
                    folder + page.toUpperCase(java.util.Locale.ROOT),
                    folder + page.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + page.substring(1),
                    folder + "%c0%af" + page,
                    folder + "%c1%b3" + page.substring(1),
                    folder + "%u0073" + page.substring(1),
                    folder + page + "%",
                    folder + page + "%zz",
                    folder + page + "\u00a0",
                    folder + page + "%e2%80%8b")) {
                table.add(post("Path", "/app" + path, "/app" + path));
            }
            String plain = "/app" + folder + page;
            for (String target : List.of(
                    "http://localhost" + plain,
                    "http://other.example" + plain,
                    "HTTP://localhost" + plain,
                    "https://localhost:443" + plain,
                    "//localhost" + plain,
                    "/APP" + folder + page,
                    "/app;a=b" + folder + page,
                    "/%61pp" + folder + page,
                    "/x/../app" + folder + page,
                    "/app/../app" + folder + page,
                    "app" + folder + page,
                    "*",
                    "localhost:80")) {
                table.add(post("Target", target + (target.contains(plain) ? "" : " for " + plain), target));
            }
        }
    }

    private static void methods(List<Attack> table) {
        for (String method : List.of(
                "POST",
                "PUT",
                "PATCH",
                "DELETE",
                "post",
                "Post",
                "get",
                "Get",
                "GETS",
                "head",
                "options",
                "PROPFIND",
                "MKCOL",
                "COPY",
                "MOVE",
                "LOCK",
                "QUERY",
                "CONNECT",
                "PURGE",
                "X",
                "GET\u0000",
                "G",
                "POST_",
                "BREW")) {
            for (String path : List.of("/app/signup", "/app/account/close", "/app/order.do")) {
                table.add(new Attack(
                        "Method",
                        method.replace("\u0000", "\\0") + " " + path,
                        bytes(text(method, path, "Content-Type: " + FORM + "\r\n", FIELD))));
            }
        }
        for (String override : List.of(
                "X-HTTP-Method-Override: GET",
                "X-HTTP-Method: GET",
                "X-Method-Override: GET",
                "X-Original-URL: /app/open",
                "X-Rewrite-URL: /app/open",
                "X-Forwarded-Prefix: /x",
                "X-Forwarded-For: 127.0.0.1",
                "Forwarded: for=127.0.0.1",
                "X-Forwarded-Proto: https",
                "X-Playtcha-Verified: true",
                "playtcha.allowed: true",
                "playtcha.outcome: VERIFIED",
                "X-Playtcha-Token:",
                "X-Playtcha-Token:  ",
                "X-Playtcha-Token: refused",
                "X-Playtcha-Token: a\r\nX-Playtcha-Token: b",
                "X-Playtcha-Token: a, b",
                "Expect: 100-continue",
                "Expect: 200-ok",
                "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\nConnection: Upgrade, HTTP2-Settings",
                "Upgrade: websocket\r\nConnection: Upgrade",
                "Transfer-Encoding: identity",
                "Range: bytes=0-1",
                "Accept: application/json, text/html;q=2, */*;q=nan",
                "Accept: " + "a/b,".repeat(500),
                "Faces-Request: partial/ajax",
                "Content-Encoding: gzip")) {
            table.add(new Attack(
                    "Header",
                    override.length() > 70 ? override.substring(0, 70) + "…" : override.replace("\r\n", " | "),
                    bytes(text("POST", "/app/signup", override + "\r\nContent-Type: " + FORM + "\r\n", FIELD))));
        }
        for (String query : List.of(
                "_method=GET",
                "_method=get",
                "playtcha-response=",
                "playtcha-response=a&playtcha-response=b",
                "javax.faces.partial.ajax=true",
                "playtcha.allowed=true")) {
            table.add(post("Query", query, "/app/signup?" + query));
        }
    }

    /** The page /open passes a request on as its parameters say. */
    private static void dispatches(List<Attack> table) {
        for (String how : List.of("forward", "include", "async", "error")) {
            for (String to : List.of(
                    "/signup", "/account/close", "/order.do", "/signup;a=b", "/account/x/../close", "//signup")) {
                table.add(post("Dispatch", how + " to " + to, "/app/open?how=" + how + "&to=" + to));
                table.add(post(
                        "Dispatch",
                        how + " to " + to + ", denied before",
                        "/app/account/open?how=" + how + "&to=" + to));
            }
        }
    }

    private static void tokens(List<Attack> table) {
        Map<String, String> forms = Map.ofEntries(
                Map.entry("none", "name=Ann"),
                Map.entry("empty", "playtcha-response="),
                Map.entry("no value", "playtcha-response"),
                Map.entry("blank", "playtcha-response=+%20%09"),
                Map.entry("two", "playtcha-response=a&playtcha-response=b"),
                Map.entry("one and an empty one", "playtcha-response=refused&playtcha-response="),
                Map.entry("in an array", "playtcha-response[]=refused"),
                Map.entry("name in capitals", "PLAYTCHA-RESPONSE=refused"),
                Map.entry("name escaped", "playtcha%2dresponse=refused"),
                Map.entry("name with a null byte", "playtcha-response%00=refused"),
                Map.entry("null byte", "playtcha-response=%00"),
                Map.entry("line break", "playtcha-response=a%0d%0ab"),
                Map.entry("quote and brace", "playtcha-response=%22%2c%22success%22%3atrue%7d"),
                Map.entry("backslash", "playtcha-response=%5cu0022"),
                Map.entry("true", "playtcha-response=true"),
                Map.entry("not UTF-8", "playtcha-response=%ff%fe"),
                Map.entry("surrogate", "playtcha-response=%ed%a0%80"),
                Map.entry("not ASCII", "playtcha-response=%c3%a4"),
                Map.entry("space inside", "playtcha-response=a+b"),
                Map.entry("bad escape", "playtcha-response=%zz"),
                Map.entry("half an escape", "playtcha-response=%4"),
                Map.entry("semicolons", "name=a;playtcha-response=refused"),
                Map.entry("4,096 characters", "playtcha-response=" + "a".repeat(4096)),
                Map.entry("4,097 characters", "playtcha-response=" + "a".repeat(4097)),
                Map.entry("100,000 characters", "playtcha-response=" + "a".repeat(100_000)),
                Map.entry("the 5,000th field", "a=b&".repeat(5_000) + FIELD),
                Map.entry("of 20,000 tokens", ("playtcha-response=a&").repeat(20_000)));
        forms.forEach((name, form) -> table.add(new Attack(
                "Form token", name, bytes(text("POST", "/app/signup", "Content-Type: " + FORM + "\r\n", form)))));
        for (String name : List.of("playtcha-response", "playtchaToken")) {
            for (String value : List.of(
                    "null",
                    "true",
                    "1",
                    "[]",
                    "{}",
                    "\"\"",
                    "\" \"",
                    "\"\\u0000\"",
                    "\"\\ud800\"",
                    "\"refused\"",
                    "[\"refused\"]",
                    "\"a\",\"" + name + "\":\"b\"")) {
                table.add(new Attack(
                        "JSON token",
                        name + " " + value,
                        bytes(text(
                                "POST",
                                "/app/account/json",
                                "Content-Type: application/json\r\n",
                                "{\"" + name + "\":" + value + "}"))));
            }
        }
        for (String json : List.of(
                "",
                "null",
                "true",
                "[]",
                "{",
                "{\"playtchaToken\":",
                "\u00ef\u00bb\u00bf{\"playtchaToken\":\"refused\"}",
                "[".repeat(50_000),
                "{\"a\":".repeat(50_000),
                "{\"playtchaToken\":\"refused\"}}",
                "{\"playtchaToken\":\"\u00ff\"}",
                "{\"playtchaToken\":\"refused\",}",
                "{'playtchaToken':'refused'}",
                "/**/{\"playtchaToken\":\"refused\"}",
                "{\"playtchaToken\":\"" + "a".repeat(1_100_000) + "\"}")) {
            table.add(new Attack(
                    "JSON body",
                    json.length() > 50
                            ? json.substring(0, 20) + "… of " + json.length()
                            : json.isEmpty() ? "none" : json,
                    bytes(text("POST", "/app/account/json", "Content-Type: application/json\r\n", json))));
        }
    }

    private static void bodies(List<Attack> table) {
        for (String charset : List.of(
                "UTF-8", "utf-16", "UTF-16LE", "UTF-32", "ISO-8859-1", "IBM037", "UTF-7", "none", "", "\"utf-8")) {
            for (Charset encoding : List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16)) {
                byte[] body = FIELD.getBytes(encoding);
                ByteArrayOutputStream request = new ByteArrayOutputStream();
                request.writeBytes(
                        bytes("POST /app/signup HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: "
                                + FORM + "; charset=" + charset + "\r\nContent-Length: " + body.length + "\r\n\r\n"));
                request.writeBytes(body);
                table.add(new Attack("Charset", charset + ", sent in " + encoding, request.toByteArray()));
            }
        }
        for (String type : List.of(
                "text/plain",
                "application/xml",
                "application/json",
                "APPLICATION/X-WWW-FORM-URLENCODED",
                FORM + ";a=b",
                FORM + ", application/json",
                "application/json, " + FORM,
                "multipart/form-data",
                "multipart/form-data; boundary=",
                "multipart/form-data; boundary=\"XX",
                "multipart/mixed; boundary=XX",
                "*/*",
                "/",
                ";",
                "application/problem+json")) {
            table.add(new Attack(
                    "Content type", type, bytes(text("POST", "/app/signup", "Content-Type: " + type + "\r\n", FIELD))));
        }
        table.add(new Attack("Content type", "none", bytes(text("POST", "/app/signup", "", FIELD))));
        for (Map.Entry<String, String> part : Map.of(
                        "one field", part("playtcha-response", "refused"),
                        "twice", part("playtcha-response", "a") + part("playtcha-response", "b"),
                        "a file", part("playtcha-response\"; filename=\"a.txt", "refused"),
                        "name twice", part("x\"; name=\"playtcha-response", "refused"),
                        "name in RFC 5987", part("x\"; name*=\"UTF-8''playtcha-response", "refused"),
                        "2,000 parts", part("a", "b").repeat(2_000))
                .entrySet()) {
            for (String end : List.of("--XX--\r\n", "")) {
                table.add(new Attack(
                        "Multipart",
                        part.getKey() + (end.isEmpty() ? ", unfinished" : ""),
                        bytes(text(
                                "POST",
                                "/app/signup",
                                "Content-Type: multipart/form-data; boundary=XX\r\n",
                                part.getValue() + end))));
            }
        }
    }

    private static String part(String name, String value) {
        return "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    }

    /** What comes behind the first request is another one, or is not, as server and proxy may disagree. */
    private static void framing(List<Attack> table) {
        String group = "Framing";
        String inner = text("POST", "/app/signup", "Content-Type: " + FORM + "\r\n", FIELD);
        String head = "POST /app/signup HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + FORM + "\r\n";
        String open = "POST /app/open HTTP/1.1\r\nHost: localhost\r\n";
        for (String lines : List.of(
                "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\n\r\n0\r\n\r\n",
                "Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
                "Content-Length: 0, 0\r\n\r\n",
                "Content-Length: +0\r\n\r\n",
                "Content-Length: -1\r\n\r\n",
                "Content-Length: 0x0\r\n\r\n",
                "Content-Length: 99999999999999999999\r\n\r\n",
                "Content-Length: \r\n\r\n",
                "X: y\r\n\r\n",
                "X: y\n\n",
                "X: y\r\r\n\r\n",
                ": y\r\n\r\n",
                " X: y\r\n\r\n",
                "X\u0000: y\r\n\r\n",
                "Host: other\r\n\r\n")) {
            String name = lines.strip()
                    .replace("\r", "\\r")
                    .replace("\n", "\\n")
                    .replace("\u0000", "\\0")
                    .replace("\u000b", "\\v");
            table.add(raw(group, name + " behind a guarded request", head + lines + inner));
            table.add(raw(group, name + " behind an open one", open + lines + inner));
        }
        for (String chunks : List.of(
                "19;a=b\r\n" + FIELD + "\r\n0\r\n\r\n",
                "019\r\n" + FIELD + "\r\n0\r\n\r\n",
                "0x19\r\n" + FIELD + "\r\n0\r\n\r\n",
                "-1\r\n" + FIELD + "\r\n0\r\n\r\n",
                "ffffffff19\r\n" + FIELD + "\r\n0\r\n\r\n",
                "19\n" + FIELD + "\n0\n\n",
                "19 \r\n" + FIELD + "\r\n0\r\n\r\n",
                "19\r\n" + FIELD + "0\r\n\r\n",
                "19\r\n" + FIELD + "\r\n",
                "19\r\n" + FIELD + "\r\n0\r\nplaytcha-response: ok\r\nX-Playtcha-Token: ok\r\n\r\n",
                "19;" + "x".repeat(20_000) + "\r\n" + FIELD + "\r\n0\r\n\r\n")) {
            String name = chunks.length() > 200
                    ? "chunk extension of 20,000"
                    : chunks.replace("\r", "\\r").replace("\n", "\\n");
            table.add(raw(group, name, head + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks));
        }
        String ok = text("POST", "/app/signup", "Content-Type: " + FORM + "\r\n", FIELD);
        table.add(raw(group, "HTTP/1.0", ok.replace("HTTP/1.1", "HTTP/1.0")));
        table.add(raw(group, "HTTP/0.9", "POST /app/signup\r\n\r\n" + FIELD));
        table.add(raw(group, "HTTP/1.2", ok.replace("HTTP/1.1", "HTTP/1.2")));
        table.add(raw(group, "HTTP/2 by prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + ok));
        table.add(raw(group, "cut in the body", ok.substring(0, ok.length() - 3)));
        table.add(raw(group, "cut in the head", ok.substring(0, 60)));
        table.add(raw(group, "two hosts", ok.replace("Host: localhost", "Host: localhost\r\nHost: other")));
        table.add(raw(group, "no host", ok.replace("Host: localhost\r\n", "")));
        table.add(raw(group, "tab for a space", ok.replace("POST ", "POST\t")));
        table.add(raw(group, "empty lines before", "\r\n\r\n" + ok));
        table.add(raw(group, "100 requests at once", (inner.replace("Connection: close\r\n", "")).repeat(100)));
        table.add(raw(
                group, "head of 100 KiB", ok.replace("Connection", "X: " + "y".repeat(100_000) + "\r\nConnection")));
        table.add(raw(group, "1,000 header lines", ok.replace("Connection", "X: y\r\n".repeat(1_000) + "Connection")));
    }
}
