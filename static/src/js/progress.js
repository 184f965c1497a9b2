// A piece of work that goes on elsewhere: moves the bar, says each fifth to screen readers, and shows the page anew
// when the work is over. Without this the page has a link "Look again".
//
// [data-progress="address that answers {"per_cent": 40, "over": false}"]; in it progress and [data-progress-said].

const LOOK_MS = 2000;
const STEP = 20;

export function watch(place) {
  const bar = place.querySelector("progress");
  const words = place.querySelector("[data-progress-said]");
  let said = Math.floor(bar.value / STEP);

  async function look() {
    try {
      const answer = await fetch(place.dataset.progress, { headers: { Accept: "application/json" } });
      if (!answer.ok) return window.location.reload();
      const { per_cent: perCent, over } = await answer.json();
      if (over) return window.location.reload();
      bar.value = perCent;
      if (Math.floor(perCent / STEP) > said) {
        said = Math.floor(perCent / STEP);
        words.textContent = `${perCent}% done.`;
      }
    } catch {
      // The line is down for a moment: the next look tries again.
    }
    setTimeout(look, LOOK_MS);
  }

  setTimeout(look, LOOK_MS);
}
