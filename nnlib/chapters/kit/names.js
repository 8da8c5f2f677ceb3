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
  for (const grid of panel.querySelectorAll(".widget-gridbox")) {
    const cells = grid.querySelectorAll("input[type=number]"); // of a kernel, three in a row
    cells.forEach((cell, i) => cell.setAttribute("aria-label", `row ${Math.floor(i / 3) + 1}, column ${(i % 3) + 1}`));
  }
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
