<%@ tag description="The sign-up form. It keeps what was entered, also on the page of a denial." pageEncoding="UTF-8" trimDirectiveWhitespaces="true" %>
<%@ taglib prefix="c" uri="jakarta.tags.core" %>
<%@ taglib prefix="t" tagdir="/WEB-INF/tags" %>
<form method="post" action="<c:url value="/signup"/>" accept-charset="UTF-8">
  <t:field name="name" label="Name" type="text" maxlength="80"/>
  <t:field name="email" label="E-mail" type="email" maxlength="254"/>
  <t:widget/>
  <button>Sign up</button>
</form>
