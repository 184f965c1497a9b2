// Saves what is being written to the server: two seconds after typing stops, on leaving a field, on leaving the page.
// Nothing is ever kept in the browser's own storage: office machines are shared.
//
// The form:    <form data-autosave-url="..."> with a hidden draft_token; [data-autosave-status] is the status line.
// The request: POST, every field of the form except files and passwords, form-encoded.
// The answers: 200 {"saved_at": "18:04", "others": [{"name": "...", "saved_at": "18:03"}]}
//              401 {"saved_at": "18:04", "error": "a sentence"}: the session has ended and how to go on; the draft was
//              kept all the same. A redirect: ended.
//              403 without "error": the form's security token is old (it changes at each sign-in); GET on the same
//              address answers {"csrf_token": "..."}. Other 4xx {"error": "a sentence"}: not kept, and why.

const PAUSE_MS = 2000;
const RETRY_MS = 15000;
const HEADERS = { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" };

class SessionEnded extends Error {
  constructor({ saved_at: keptAt, error: how } = {}) {
    super(how || "Your session has ended. Sign in again in a new tab, then come back to this one.");
    this.keptAt = keptAt;
  }
}
class Refused extends Error {}

export function autosave(form) {
  const url = form.dataset.autosaveUrl;
  const status = statusLine(form);
  let kept = written(form);
  let keptAt = "";
  let timer = 0;
  let request = null;
  let failed = false;
  let submitting = false;

  const changed = () => written(form) !== kept;
  const later = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(() => save({ again: failed }), delay);
  };

  async function save({ again = false } = {}) {
    clearTimeout(timer);
    if (submitting || request || !(again || changed())) return;
    request = new AbortController();
    const saving = written(form);
    try {
      const answer = await send(form, url, request.signal);
      kept = saving;
      keptAt = answer.saved_at;
      failed = false;
      say(status, saved(answer));
    } catch (error) {
      if (error.name === "AbortError") return;
      failed = true;
      if (error.keptAt) {
        kept = saving;
        keptAt = error.keptAt;
      }
      say(status, notSaved(error, keptAt));
      if (!(error instanceof Refused)) later(RETRY_MS);
    } finally {
      request = null;
    }
    if (!failed && changed()) later(PAUSE_MS);
  }

  function leave() {
    if (submitting || !changed()) return;
    request?.abort();
    const body = fields(form);
    if (!navigator.sendBeacon(url, body)) fetch(url, { method: "POST", body, headers: HEADERS });
  }

  form.addEventListener("input", () => later(PAUSE_MS));
  form.addEventListener("change", () => later(PAUSE_MS));
  form.addEventListener("focusout", () => save());
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    submitting = true;
    clearTimeout(timer);
    request?.abort();
  });
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", () => (submitting = false));
  // Back in this tab, perhaps after signing in again in another one.
  window.addEventListener("focus", () => failed && save({ again: true }));
  window.addEventListener("beforeunload", (event) => {
    if (failed && changed() && !submitting) event.preventDefault();
  });
}

async function send(form, url, signal, mayRenew = true) {
  const response = await fetch(url, {
    method: "POST",
    body: fields(form),
    headers: HEADERS,
    redirect: "manual",
    signal,
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok && answer.saved_at) return answer;
  if (response.type === "opaqueredirect" || response.status === 401) throw new SessionEnded(answer);
  if (response.status === 403 && !answer.error) {
    if (mayRenew && (await renewToken(form, url, signal))) return send(form, url, signal, false);
    throw new SessionEnded(answer);
  }
  if (response.status >= 400 && response.status < 500) throw new Refused(answer.error || "what you wrote is still on this page.");
  throw new Error();
}

async function renewToken(form, url, signal) {
  const response = await fetch(url, { headers: HEADERS, redirect: "manual", signal });
  if (!response.ok) return false;
  const { csrf_token: token } = await response.json().catch(() => ({}));
  const field = form.elements.csrfmiddlewaretoken;
  if (!token || !field) return false;
  field.value = token;
  return true;
}

function fields(form) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && form.elements[name]?.type !== "password") body.append(name, value);
  }
  return body;
}

function written(form) {
  const body = fields(form);
  body.delete("csrfmiddlewaretoken");
  return body.toString();
}

function saved({ saved_at: at, others = [] }) {
  const writing = others.map(({ name, saved_at: theirs }) => `${name} is also writing here, last saved at ${theirs}.`);
  return [`Saved at ${at}.`, ...writing].join(" ");
}

function notSaved(error, keptAt) {
  if (error instanceof SessionEnded) {
    const kept = keptAt ? `What you wrote until ${keptAt} is kept.` : "Nothing on this page has been kept yet.";
    return `${error.message} ${kept}`;
  }
  if (error instanceof Refused) return `Not saved: ${error.message}`;
  return "Not saved: there is no connection. What you wrote is still on this page, and saving is tried again.";
}

function statusLine(form) {
  const line = form.querySelector("[data-autosave-status]") || form.appendChild(document.createElement("p"));
  line.setAttribute("role", "status");
  line.setAttribute("aria-live", "polite");
  return line;
}

// A screen reader hears a new sentence only, not the same one after every pause.
function say(line, sentence) {
  if (line.textContent !== sentence) line.textContent = sentence;
}
