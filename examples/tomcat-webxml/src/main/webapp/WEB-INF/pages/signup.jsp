<%@ page contentType="text/html;charset=UTF-8" session="false" %>
<%@ taglib prefix="c" uri="jakarta.tags.core" %>
<%@ taglib prefix="t" tagdir="/WEB-INF/tags" %>
<t:page title="Sign up">
<h1>Sign up</h1>
<c:if test="${not empty problems}"><p class="problem" role="alert">Not sent yet: please look at the marked fields.</p></c:if>
<t:signupForm/>
</t:page>
