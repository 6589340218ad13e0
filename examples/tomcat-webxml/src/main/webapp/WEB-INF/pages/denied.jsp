<%@ page contentType="text/html;charset=UTF-8" session="false" %>
<%@ taglib prefix="c" uri="jakarta.tags.core" %>
<%@ taglib prefix="t" tagdir="/WEB-INF/tags" %>
<c:set var="status" value="${requestScope['jakarta.servlet.error.status_code']}"/>
<t:page title="Not sent">
<c:choose>
  <%-- bad_secret and unknown_project too: our mistake, so the visitor is not accused of anything. --%>
  <c:when test="${status eq 500}">
    <h1>Something is wrong on our side</h1>
    <p>Nothing is wrong with what you entered. Please try again later.</p>
  </c:when>
  <c:when test="${playtcha.reason.label eq 'token-absent'}">
    <h1>One step is missing</h1>
    <p>Please let the check run before you send the form.</p>
  </c:when>
  <c:when test="${playtcha.outcome eq 'NO_TOKEN'}">
    <h1>The check could not be read</h1>
    <p>Please try once more.</p>
  </c:when>
  <c:when test="${playtcha.error.code eq 'already_redeemed'}">
    <h1>This form was sent already</h1>
    <p>If you pressed the button twice or reloaded the page, the first time may well have worked.</p>
  </c:when>
  <c:when test="${playtcha.error.code eq 'token_expired'}">
    <h1>That took a little long</h1>
    <p>The check is good for five minutes. Please try once more.</p>
  </c:when>
  <c:when test="${playtcha.outcome eq 'THROTTLED' or playtcha.outcome eq 'OVERLOADED'}">
    <h1>Many visitors at once</h1>
    <p>Nothing is wrong with what you entered. Please try again in a moment.</p>
  </c:when>
  <c:when test="${playtcha.outcome eq 'UNAVAILABLE'}">
    <h1>We cannot check this just now</h1>
    <p>Nothing is wrong with what you entered. Please try again in a minute.</p>
  </c:when>
  <c:otherwise>
    <h1>That did not work</h1>
    <p>Please try once more.</p>
  </c:otherwise>
</c:choose>
<c:choose>
  <c:when test="${requestScope['jakarta.servlet.error.servlet_name'] eq 'newsletter'}"><t:newsletterForm/></c:when>
  <c:otherwise><t:signupForm/></c:otherwise>
</c:choose>
<t:facts/>
</t:page>
