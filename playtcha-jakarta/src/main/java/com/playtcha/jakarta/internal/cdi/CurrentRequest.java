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
 * The verifications of the current request: the servlet request's, shared with its filters, else those of CDI's request
 * context alone. Public for CDI only.
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
    void init() {
        ServletAccess servlets = application.servlets();
        attributes = servlets == null ? null : servlets.currentRequest(beans);
        if (attributes != null) {
            verifications = RequestVerifications.of(attributes.getter(), attributes.setter()::accept);
        }
    }

    public RequestVerifications verifications() {
        return verifications;
    }

    /** Publishes the decision in the attributes of the servlet request, if there is one. */
    public void publish() {
        if (attributes != null) {
            Attributes.publish(attributes.setter(), verifications);
        }
    }
}
