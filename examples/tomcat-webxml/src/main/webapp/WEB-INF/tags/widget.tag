<%@ tag description="Stands in for Playtcha's widget, which goes here instead. What counts is the field playtcha-response." pageEncoding="UTF-8" trimDirectiveWhitespaces="true" %>
<%@ taglib prefix="c" uri="jakarta.tags.core" %>
<%-- A token is single-use, so each page has its own. --%>
<c:set var="unique" value="${System.nanoTime()}"/>
<fieldset>
  <legend>Stand-in widget: choose a token</legend>
  <c:forTokens var="token" delims="|" items="ok|ok-degraded|success-false|invalid|redeemed|expired|rate-limited-5|bad-secret|unknown-project|db-error|hang">
  <label><input type="radio" name="playtcha-response" value="${token}-${unique}"${token eq 'ok' ? ' checked' : ''}> <code>${token}</code></label>
  </c:forTokens>
  <label><input type="radio" name="playtcha-response" value=""> no token</label>
</fieldset>
