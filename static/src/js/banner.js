// The place after the page's header where a page says that it is about to close: [data-visit-warning], role=alert.

export function sentence(text, { bold = false } = {}) {
  const words = document.createElement("p");
  words.className = `govuk-body govuk-!-margin-bottom-2${bold ? " govuk-!-font-weight-bold" : ""}`;
  words.textContent = text;
  return words;
}

export function button(text, pressed) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "govuk-button govuk-!-margin-bottom-2";
  made.textContent = text;
  made.addEventListener("click", pressed);
  return made;
}

export function fill(box, ...parts) {
  const inner = document.createElement("div");
  inner.className = "govuk-width-container";
  inner.append(...parts);
  box.replaceChildren(inner);
}
