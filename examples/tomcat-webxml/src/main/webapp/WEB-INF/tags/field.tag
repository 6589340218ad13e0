<%@ tag description="A field of a form, with what was typed in before and what is wrong with it." pageEncoding="UTF-8" trimDirectiveWhitespaces="true" %>
<%@ attribute name="name" required="true" %>
<%@ attribute name="label" required="true" %>
<%@ attribute name="type" required="true" %>
<%@ attribute name="maxlength" required="true" %>
<%@ taglib prefix="c" uri="jakarta.tags.core" %>
<c:set var="problem" value="${requestScope.problems[name]}"/>
<p class="field">
  <label for="${name}">${label}</label>
  <input id="${name}" name="${name}" type="${type}" maxlength="${maxlength}" autocomplete="${name}" required
         value="<c:out value="${param[name]}"/>"<c:if test="${not empty problem}"> aria-invalid="true" aria-describedby="${name}-problem"</c:if>>
  <c:if test="${not empty problem}"><span class="problem" id="${name}-problem"><c:out value="${problem}"/></span></c:if>
</p>
