// Shows why the guard denied a request that Faces sent: with status 200, as an error with a code and a text.
function showDenial(text) {
  document.getElementById("denied").textContent = text;
}

faces.ajax.addOnEvent((event) => event.status === "begin" && showDenial(""));
faces.ajax.addOnError((error) => {
  // Other errors, such as a session that has ended, have the name of a class, and a text for developers.
  const isDenial = /^[a-z0-9_]+$/.test(error.errorName ?? "");
  showDenial(isDenial ? error.errorMessage : "That did not work. Please reload the page and try again.");
  // Playtcha's widget has to run again here: a token is good for one request.
});
