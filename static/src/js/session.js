// Somebody who does nothing is signed out. Says so two minutes before, with a button to stay, and at the end loads the
// page anew, which leads to the sign-in page: the screen may be unattended. Text is safe: autosave.js keeps it.
//
// Nobody is warned who works in another tab: the server is asked before anything is said, and asking counts as nothing.
// Seconds come from the server and are counted from when the page came, so a wrong clock here changes nothing.
// [data-session data-seconds-left data-warn-seconds data-mark data-left]; in it form[data-session-stay]; after the
// page's header [data-visit-warning] (role=alert).
// GET data-left, and the form's POST where JSON is asked for, answer {"mark": "...", "seconds_left": 1200}; the mark is
// another one, or empty, where this page is not for whoever is signed in now.
import { button, fill, sentence } from "./banner.js";

const CHECK_MS = 1000;
const AGAIN_MS = 15000;
const JSON_PLEASE = { Accept: "application/json" };

export function staySignedIn(place) {
  const box = document.querySelector("[data-visit-warning]");
  const form = place.querySelector("form[data-session-stay]");
  const warnSeconds = Number(place.dataset.warnSeconds);
  let end = Date.now() + Number(place.dataset.secondsLeft) * 1000;
  let said = "";
  let busy = false;
  let quietUntil = 0;

  const left = () => Math.ceil((end - Date.now()) / 1000);
  const minutes = () => Math.max(Math.ceil(left() / 60), 1);

  // The clock is asked again at every step: timers stand still while a laptop sleeps.
  async function look() {
    if (busy || left() > warnSeconds || Date.now() < quietUntil) return;
    if (left() > 0 && said === soon()) return;
    busy = true;
    const answer = await ask(place.dataset.left);
    busy = false;
    if (answer) take(answer);
    else quietUntil = Date.now() + AGAIN_MS;
    if (left() > warnSeconds) return;
    if (left() > 0) warn();
    else if (answer) leave();
  }

  function take(answer) {
    if (answer.mark !== place.dataset.mark) return leave();
    end = Date.now() + answer.seconds_left * 1000;
    if (left() > warnSeconds && said) {
      said = "";
      box.replaceChildren();
    }
  }

  function soon() {
    return `You will be signed out in ${minutes()} minute${minutes() === 1 ? "" : "s"}.`;
  }

  function warn() {
    if (said === soon()) return;
    const hadFocus = box.contains(document.activeElement);
    said = soon();
    fill(box, sentence(`${said} What you are writing is kept.`, { bold: true }), button("Stay signed in", stay));
    if (hadFocus) box.querySelector("button").focus();
  }

  async function stay(event) {
    event.preventDefault();
    const hadFocus = box.contains(document.activeElement);
    const answer = await ask(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    // No connection, or signed out on the server: the whole page goes there and is told.
    if (!answer) {
      form.elements.back_to.value = window.location.pathname + window.location.search;
      return form.submit();
    }
    said = "";
    take(answer);
    const words = sentence("You stay signed in.");
    words.tabIndex = -1;
    fill(box, words);
    if (hadFocus) words.focus();
  }

  setInterval(look, CHECK_MS);
  window.addEventListener("pageshow", look);
  document.addEventListener("visibilitychange", look);
}

// A page that the browser kept and shows again, as after Back, is shown only to whom it was shown before.
export function hideWhenKept(place) {
  window.addEventListener("pageshow", (event) => event.persisted && check());

  async function check() {
    const page = document.documentElement;
    page.hidden = true;
    const answer = await ask(place.dataset.left);
    if (!answer) return setTimeout(check, CHECK_MS);
    if (answer.mark !== place.dataset.mark) return leave();
    page.hidden = false;
  }
}

async function ask(url, options = {}) {
  try {
    const response = await fetch(url, { headers: JSON_PLEASE, redirect: "manual", ...options });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

// The same address, asked for anew: whoever is not signed in is led to the sign-in page and from there back.
function leave() {
  window.location.replace(window.location.pathname + window.location.search);
}
