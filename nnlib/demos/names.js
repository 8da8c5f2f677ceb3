// ipywidgets leaves slider handles and the buttons of Play without a name. Copy each one's label to aria-label.

const PLAY = { "fa-play": "play", "fa-pause": "pause", "fa-stop": "back to the start", "fa-retweet": "repeat" };

function nameControls(panel) {
  for (const row of panel.querySelectorAll(".widget-hslider")) {
    const label = row.querySelector(".widget-label")?.textContent ?? "";
    for (const part of row.querySelectorAll(".noUi-handle, .widget-readout")) part.setAttribute("aria-label", label);
  }
  for (const button of panel.querySelectorAll(".widget-play button")) {
    const icon = button.querySelector("i");
    const name = Object.keys(PLAY).find((key) => icon?.classList.contains(key));
    button.setAttribute("aria-label", PLAY[name] ?? "play");
  }
  for (const input of panel.querySelectorAll(".widget-text input[title]")) input.setAttribute("aria-label", input.title);
  // JupyterLab would take the keys of lists and buttons for its own: Enter edits the cell, ArrowDown goes to the next.
  for (const part of panel.querySelectorAll("select, button, input")) part.setAttribute("data-lm-suppress-shortcuts", "true");
}

function render({ el }) {
  el.style.display = "none";
  let watch;
  // The element joins the page after render returns, and its neighbours may come later still.
  const start = requestAnimationFrame(function wait() {
    const panel = el.parentElement?.closest(".widget-vbox");
    if (!panel) return requestAnimationFrame(wait);
    nameControls(panel);
    watch = new MutationObserver(() => nameControls(panel));
    watch.observe(panel, { childList: true, subtree: true, attributeFilter: ["class"] });
  });
  return () => {
    cancelAnimationFrame(start);
    watch?.disconnect();
  };
}

export default { render };
