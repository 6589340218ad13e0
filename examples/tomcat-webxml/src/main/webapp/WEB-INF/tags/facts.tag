<%@ tag description="What the filter told the page. For you, who builds it: real visitors need not see this." pageEncoding="UTF-8" trimDirectiveWhitespaces="true" %>
<%@ taglib prefix="c" uri="jakarta.tags.core" %>
<c:if test="${not empty playtcha}">
<section class="facts" aria-labelledby="facts">
  <h2 id="facts">What the filter told this page</h2>
  <%-- What is in error comes from the network: c:out, as for anything that a visitor typed in. --%>
  <dl>
    <dt>playtcha.outcome</dt><dd><c:out value="${playtcha.outcome}"/></dd>
    <dt>playtcha.reason</dt><dd><c:out value="${playtcha.reason.label}"/></dd>
    <dt>playtcha.allowed</dt><dd><c:out value="${playtcha.allowed}"/></dd>
    <dt>playtcha.degraded</dt><dd><c:out value="${playtcha.degraded}"/></dd>
    <c:if test="${not empty playtcha.error}">
    <dt>playtcha.error.status</dt><dd><c:out value="${playtcha.error.status}"/></dd>
    <dt>playtcha.error.code</dt><dd><c:out value="${playtcha.error.code}"/></dd>
    <dt>playtcha.error.message</dt><dd><c:out value="${playtcha.error.message}"/></dd>
    <dt>playtcha.error.requestId</dt><dd><c:out value="${playtcha.error.requestId}"/></dd>
    </c:if>
  </dl>
</section>
</c:if>
