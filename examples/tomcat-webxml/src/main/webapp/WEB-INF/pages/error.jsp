<%@ page contentType="text/html;charset=UTF-8" session="false" %>
<%@ taglib prefix="c" uri="jakarta.tags.core" %>
<%@ taglib prefix="t" tagdir="/WEB-INF/tags" %>
<c:set var="status" value="${requestScope['jakarta.servlet.error.status_code']}"/>
<t:page title="Error ${status}">
<h1>${status eq 404 ? 'There is no such page' : 'That did not work'}</h1>
<p><a href="<c:url value="/signup"/>">To the form</a></p>
</t:page>
