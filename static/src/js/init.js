// Starts everything on the page. Each page works without it.
import { initAll } from "./govuk-frontend.min.js";
import { autosave } from "./autosave.js";
import { sendOnce } from "./once.js";
import { sayWhenKeyFails } from "./passkeys.js";
import { watch } from "./progress.js";
import { countDown } from "./visit.js";

initAll();
sayWhenKeyFails();

if (document.querySelector("[data-module^='moj-']")) {
  import("./moj-frontend.min.js").then((moj) => moj.initAll());
}

document.querySelectorAll("[data-visit]").forEach(countDown);
document.querySelectorAll("[data-progress]").forEach(watch);
document.querySelectorAll("form[data-autosave-url]").forEach(autosave);
document.querySelectorAll("form[method='post' i]").forEach(sendOnce);
