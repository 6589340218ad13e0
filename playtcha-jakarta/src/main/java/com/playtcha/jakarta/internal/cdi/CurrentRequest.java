package com.playtcha.jakarta.internal.cdi;

import com.playtcha.jakarta.internal.cdi.ServletAccess.RequestAttributes;
import com.playtcha.jakarta.internal.request.Attributes;
import com.playtcha.jakarta.internal.request.RequestVerifications;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import org.jspecify.annotations.Nullable;

/**
 * What the guards have found out about the current request: the servlet request's where there is one, whose filters
 * share it, else that of CDI's request context alone. Public for CDI's sake only.
 */
@RequestScoped
public class CurrentRequest {
    @Inject
    CdiApplication application;

    @Inject
    @Any
    Instance<Object> beans;

    private @Nullable RequestAttributes attributes;
    private RequestVerifications verifications = RequestVerifications.ofNothing();

    /** For CDI. */
    public CurrentRequest() {}

    @PostConstruct
    void look() {
        ServletAccess servlets = application.servlets();
        attributes = servlets == null ? null : servlets.currentRequest(beans);
        if (attributes != null) {
            verifications = RequestVerifications.of(attributes::get, attributes::set);
        }
    }

    /**
     * What is known.
     *
     * @return the same one throughout the request
     */
    public RequestVerifications verifications() {
        return verifications;
    }

    /** Shows the application, in the attributes of the servlet request, what its guards have decided by now. */
    public void publish() {
        RequestAttributes request = attributes;
        if (request == null) {
            return;
        }
        Attributes.publish(request::set, verifications);
    }
}
