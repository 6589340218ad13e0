// Shows why the guard denied a request that Faces sent: with status 200, as an error with a code and a text.
function showDenial(text) {
  document.getElementById("denied").textContent = text;
  // Playtcha's widget has to run again here: a token is good for one request.
}

faces.ajax.addOnEvent((event) => event.status === "begin" && showDenial(""));
faces.ajax.addOnError((error) => showDenial(error.errorMessage || "That did not work. Please try again."));
