// A visit by a link lives half an hour. Says so five minutes and one minute before it ends, offers another half hour
// without leaving the page, and at the end leads to the page that says how to go on: the screen may be unattended.
// Text is safe: autosave.js keeps what is being written when the page is left.
//
// Seconds come from the server and are counted from when the page came, so a wrong clock here changes nothing.
// [data-visit data-seconds-left data-over]; in it [data-visit-ends] and form[data-visit-stay]; after the page's header
// [data-visit-warning] (role=alert). The form's POST answers {"ends": "14:30", "seconds_left": 1800} where JSON is asked for.

import { button, fill, sentence } from "./banner.js";

const WARNINGS = [
  [60, "This page closes in 1 minute."],
  [300, "This page closes in 5 minutes."],
];
const CHECK_MS = 1000;

export function countDown(visit) {
  const box = document.querySelector("[data-visit-warning]");
  const form = visit.querySelector("form[data-visit-stay]");
  let end = Date.now() + Number(visit.dataset.secondsLeft) * 1000;
  let said = "";
  let over = false;

  // The clock is asked again at every step: timers stand still while a laptop sleeps.
  function look() {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left <= 0) return close();
    const warning = WARNINGS.find(([seconds]) => left <= seconds);
    if (warning && warning[1] !== said) warn(warning[1]);
  }

  function close() {
    if (over) return;
    over = true;
    window.location.assign(visit.dataset.over);
  }

  function warn(text) {
    said = text;
    fill(
      box,
      sentence(`${text} What you are writing is kept.`, { bold: true }),
      button("Stay 30 minutes longer", stay),
    );
  }

  async function stay(event) {
    event.preventDefault();
    const hadFocus = box.contains(document.activeElement);
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "application/json" },
        redirect: "manual",
      });
      if (!response.ok) throw new Error();
      const answer = await response.json();
      end = Date.now() + answer.seconds_left * 1000;
      said = "";
      visit.querySelector("[data-visit-ends]").textContent = answer.ends;
      const words = sentence(`You have another 30 minutes. This page closes at ${answer.ends}, UK time.`);
      words.tabIndex = -1;
      fill(box, words);
      if (hadFocus) words.focus();
    } catch {
      // No connection, or the visit has ended on the server: the whole page goes there and is told.
      form.submit();
    }
  }

  form.addEventListener("submit", stay);
  setInterval(look, CHECK_MS);
  window.addEventListener("pageshow", look);
  document.addEventListener("visibilitychange", look);
  look();
}
