// Starts everything on the page. Each page works without it.
import { initAll } from "./govuk-frontend.min.js";
import { autosave } from "./autosave.js";
import { sendOnce } from "./once.js";
import { sayWhenKeyFails } from "./passkeys.js";
import { watch } from "./progress.js";
import { hideWhenKept, staySignedIn } from "./session.js";
import { sendWithProgress } from "./upload.js";
import { countDown } from "./visit.js";

initAll();
sayWhenKeyFails();
start(document);

// A form with a file was answered with the page anew: its main part has just taken the place of the one before.
window.addEventListener("app:new-main", ({ detail: main }) => {
  initAll({ scope: main });
  start(main);
});

function start(within) {
  if (within.querySelector("[data-module^='moj-']")) {
    import("./moj-frontend.min.js").then((moj) => moj.initAll());
  }
  within.querySelectorAll("[data-mark]").forEach(hideWhenKept);
  within.querySelectorAll("[data-session]").forEach(staySignedIn);
  within.querySelectorAll("[data-visit]").forEach(countDown);
  within.querySelectorAll("[data-progress]").forEach(watch);
  // First, because it may take the sending of a form into its own hands.
  within.querySelectorAll("form[data-upload]").forEach(sendWithProgress);
  within.querySelectorAll("form[data-autosave-url]").forEach(autosave);
  within.querySelectorAll("form[method='post' i]").forEach(sendOnce);
}
