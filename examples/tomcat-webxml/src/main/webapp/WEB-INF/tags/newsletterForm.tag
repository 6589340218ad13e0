<%@ tag description="The form of the newsletter. It keeps what was entered, also on the page of a denial." pageEncoding="UTF-8" trimDirectiveWhitespaces="true" %>
<%@ taglib prefix="c" uri="jakarta.tags.core" %>
<%@ taglib prefix="t" tagdir="/WEB-INF/tags" %>
<form method="post" action="<c:url value="/newsletter"/>" accept-charset="UTF-8">
  <t:field name="email" label="E-mail" type="email" maxlength="254"/>
  <t:widget/>
  <button>Subscribe</button>
</form>
