// Sends a form with a file and says how much of it has gone, so that a slow line is not taken for a broken one.
// Without this the browser sends the form by itself, and the page says the same things afterwards.
//
// form[data-upload]. The answer: JSON {"location": "..."} when it was kept; else the page anew, of which the main part
// takes the place of this one, with what is wrong and all that was typed. A file has to be chosen again then: browsers
// let no page choose one. When the line breaks, or somebody stops it, nothing on the page is lost, nor the file.

const LARGEST = 20 * 1024 * 1024;
const STEP = 10;

export function sendWithProgress(form) {
  form.addEventListener("submit", (event) => {
    const picker = form.querySelector("input[type=file]");
    const file = picker?.files[0];
    if (event.defaultPrevented || !file || form.dataset.going) {
      if (form.dataset.going) event.preventDefault();
      return;
    }
    event.preventDefault();
    if (file.size > LARGEST) {
      say(place(form), `This file has ${(file.size / 1e6).toFixed(1)} MB, and 20 MB is the most that is kept. Make it smaller, or split it into several files.`);
      picker.focus();
      return;
    }
    send(form, event.submitter);
  });
}

function send(form, button) {
  const request = new XMLHttpRequest();
  const { box, bar, words, stop } = progress(form);
  const body = new FormData(form, button || undefined);
  let said = -1;

  form.dataset.going = "yes";
  stop.addEventListener("click", () => request.abort());
  request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
    if (!lengthComputable) return;
    const perCent = Math.floor((100 * loaded) / total);
    bar.value = perCent;
    if (Math.floor(perCent / STEP) > said) {
      said = Math.floor(perCent / STEP);
      say(words, perCent < 100 ? `${perCent}% sent.` : "All of it has been sent. It is being looked into.");
    }
  });
  request.addEventListener("load", () => arrived(request));
  request.addEventListener("error", () => over("It was not sent: the line broke. Everything is still on this page. Try again."));
  request.addEventListener("timeout", () => over("It was not sent: it took too long. Everything is still on this page. Try again."));
  request.addEventListener("abort", () => over("You stopped it, and nothing was kept. Everything is still on this page."));
  request.open("POST", form.getAttribute("action") || window.location.href);
  request.setRequestHeader("Accept", "application/json");
  request.send(body);

  function over(sentence) {
    delete form.dataset.going;
    box.remove();
    say(place(form), sentence);
    (button || form.querySelector("button[type=submit]")).focus();
  }
}

function arrived(request) {
  const type = request.getResponseHeader("Content-Type") || "";
  if (type.startsWith("application/json")) {
    window.location.assign(JSON.parse(request.responseText).location);
    return;
  }
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const main = page.querySelector("main");
  // Somewhere else by now, as when the session has ended: go there.
  if (request.status < 400 || !main) return window.location.assign(request.responseURL || window.location.href);
  document.title = page.title;
  document.querySelector("main").replaceWith(main);
  window.dispatchEvent(new CustomEvent("app:new-main", { detail: main }));
  const wrong = main.querySelector(".govuk-error-summary, [role=alert]") || main;
  wrong.tabIndex = -1;
  wrong.focus();
}

function progress(form) {
  const box = document.createElement("div");
  const bar = document.createElement("progress");
  const words = document.createElement("p");
  const stop = document.createElement("button");
  place(form).textContent = "";
  bar.className = "app-progress";
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", "How much of the file has been sent");
  words.className = "govuk-body";
  words.setAttribute("role", "status");
  stop.type = "button";
  stop.className = "govuk-button govuk-button--secondary";
  stop.textContent = "Stop sending";
  box.append(bar, words, stop);
  form.append(box);
  say(words, "The file is being sent.");
  return { box, bar, words, stop };
}

// Where a sentence about the last attempt stands; it is there before, so that screen readers hear what comes into it.
function place(form) {
  let line = form.querySelector("[data-upload-said]");
  if (!line) {
    line = document.createElement("p");
    line.className = "govuk-error-message";
    line.dataset.uploadSaid = "";
    line.setAttribute("role", "alert");
    form.append(line);
  }
  return line;
}

function say(line, sentence) {
  if (line.textContent !== sentence) line.textContent = sentence;
}
