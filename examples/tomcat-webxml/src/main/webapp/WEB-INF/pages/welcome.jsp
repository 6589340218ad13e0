<%@ page contentType="text/html;charset=UTF-8" session="false" %>
<%@ taglib prefix="c" uri="jakarta.tags.core" %>
<%@ taglib prefix="t" tagdir="/WEB-INF/tags" %>
<t:page title="Welcome">
<h1>Welcome, <c:out value="${signUp.name}"/>.</h1>
<c:choose>
  <c:when test="${signUp.outcome eq 'VERIFIED'}">
    <p>Your account is ready. We write to <c:out value="${signUp.email}"/>.</p>
  </c:when>
  <c:otherwise>
    <p>One more step: please answer the mail that we sent to <c:out value="${signUp.email}"/>.</p>
  </c:otherwise>
</c:choose>
<section class="facts" aria-labelledby="facts">
  <h2 id="facts">What was kept with the account</h2>
  <dl>
    <dt>outcome</dt><dd><c:out value="${signUp.outcome}"/></dd>
    <dt>degraded</dt><dd><c:out value="${signUp.degraded}"/></dd>
  </dl>
</section>
</t:page>
