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

    /** Returns the values of a parameter in the query or form, empty if it is absent. */
    List<String> parameter(String name) throws IOException, UnusableBodyException;

    /** Returns the body, which stays readable. */
    byte[] body() throws IOException, UnusableBodyException;
}
