// A second press of the button within five seconds sends nothing, and is answered: the form is on its way.
// The server refuses a double submit by itself; this only saves the person the surprise.

const QUIET_MS = 5000;

export function sendOnce(form) {
  let sentAt = 0;

  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const now = Date.now();
    if (now - sentAt < QUIET_MS) {
      event.preventDefault();
      say(form, "This is being sent.");
      return;
    }
    sentAt = now;
  });

  // Back from the browser's page cache: the form may be sent again.
  window.addEventListener("pageshow", () => {
    sentAt = 0;
    say(form, "");
  });
}

function say(form, sentence) {
  let line = form.querySelector("[data-once-status]");
  if (!line && sentence) {
    line = document.createElement("p");
    line.className = "govuk-body";
    line.dataset.onceStatus = "";
    line.setAttribute("role", "status");
    form.append(line);
  }
  if (line) line.textContent = sentence;
}
