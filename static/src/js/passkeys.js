// allauth's scripts say nothing on the page when a security key or passkey fails or is cancelled. This does.

export function sayWhenKeyFails() {
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const main = document.getElementById("main-content");
    const line = main.querySelector("[data-key-status]") || main.appendChild(document.createElement("p"));
    line.dataset.keyStatus = "";
    line.className = "govuk-error-message";
    line.setAttribute("role", "alert");
    line.textContent = "The key was not used: it was cancelled, or this browser or address does not allow it. Try again, or sign in another way.";
  });
}
