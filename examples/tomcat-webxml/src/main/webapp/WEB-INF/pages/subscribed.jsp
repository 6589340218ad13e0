<%@ page contentType="text/html;charset=UTF-8" session="false" %>
<%@ taglib prefix="c" uri="jakarta.tags.core" %>
<%@ taglib prefix="t" tagdir="/WEB-INF/tags" %>
<t:page title="Subscribed">
<c:choose>
  <c:when test="${playtcha.outcome eq 'VERIFIED'}">
    <h1>You are subscribed.</h1>
    <p>The next issue goes to <c:out value="${email}"/>.</p>
  </c:when>
  <c:otherwise>
    <%-- Let through, but unverified: anybody may have typed this address in, so its owner is asked. --%>
    <h1>Please look into your mail.</h1>
    <p>We sent a link to <c:out value="${email}"/>. Your subscription begins when you follow it.</p>
  </c:otherwise>
</c:choose>
<t:facts/>
</t:page>
