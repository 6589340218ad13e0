<%@ tag description="What all pages share." pageEncoding="UTF-8" trimDirectiveWhitespaces="true" %>
<%@ attribute name="title" required="true" %>
<%@ taglib prefix="c" uri="jakarta.tags.core" %>
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title><c:out value="${title}"/> · Playtcha on Tomcat</title>
<link rel="stylesheet" href="<c:url value="/style.css"/>">
</head>
<body>
<header>
  <nav aria-label="Pages">
    <a href="<c:url value="/signup"/>">Sign up</a>
    <a href="<c:url value="/newsletter"/>">Newsletter</a>
  </nav>
</header>
<main>
<jsp:doBody/>
</main>
</body>
</html>
