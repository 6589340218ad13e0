package com.playtcha.jakarta.internal.rs;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.List;
import java.util.function.Function;

/**
 * A servlet request's parameters, for a form whose body the container may have read before. Kept in a property of the
 * request; nobody else can make one, and any other value is ignored.
 */
final class ParsedForm {
    static final String PROPERTY = ParsedForm.class.getName();

    private final Function<String, List<String>> parameters;

    ParsedForm(Function<String, List<String>> parameters) {
        this.parameters = parameters;
    }

    /**
     * The values of one parameter, in query and body.
     *
     * @param request whose entity is empty
     * @param name of the parameter
     * @return empty where there are none, or no servlets
     */
    static List<String> values(ContainerRequestContext request, String name) {
        return request.getProperty(PROPERTY) instanceof ParsedForm form ? form.parameters.apply(name) : List.of();
    }
}
