package com.playtcha.jakarta.internal.request;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request's sources of a token, by the Servlet API or Jakarta REST. Runtime exceptions are those of the container. */
public interface TokenRequest {

    @Nullable
    String contentType();

    /** Returns the values of a header, empty if it is absent. */
    List<String> header(String name);

    /** Returns the values of a parameter in the query or form, or null for a form larger than {@code maxBody}. */
    @Nullable
    List<String> parameter(String name, int maxBody) throws IOException;

    /** Returns the body, which stays readable, or null if it is larger than {@code maxBody}. */
    byte @Nullable [] body(int maxBody) throws IOException;
}
