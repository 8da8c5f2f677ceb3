// What the page adds to a panel: names and read-outs for screen readers, keys that stay inside, as much room as the
// screen has, the theme, what the kernel is doing, and a pointer in the picture. Values and pictures come from Python.

const PLAY = { "fa-play": "play", "fa-pause": "pause", "fa-stop": "back to the start", "fa-retweet": "repeat" };
const AS_LONG_AS = { learning: 300, speaking: 600, answer: 400 }; // milliseconds
const LEAST_HEIGHT = 240; // pixels of a picture, however small the window

function dress(panel, ticks) {
  for (const row of panel.querySelectorAll(".widget-hslider")) dressSlider(row, ticks);
  for (const button of panel.querySelectorAll(".widget-play button")) {
    const icon = button.querySelector("i");
    const name = Object.keys(PLAY).find((key) => icon?.classList.contains(key));
    put(button, "aria-label", PLAY[name] ?? "play");
  }
  keepKeys(panel);
  for (const grid of panel.querySelectorAll(".nnlib-kernel")) {
    const cells = grid.querySelectorAll("input[type=number]"); // three in a row
    cells.forEach((cell, i) => put(cell, "aria-label", `row ${Math.floor(i / 3) + 1}, column ${(i % 3) + 1}`));
  }
}

// JupyterLab would take keys for its own: x cuts the cell, ArrowDown goes to the next.
function keepKeys(panel) {
  for (const part of panel.querySelectorAll(".noUi-handle, .widget-readout, select, button, input"))
    put(part, "data-lm-suppress-shortcuts", "true");
}

function dressSlider(row, ticks) {
  const label = row.querySelector(".widget-label")?.textContent ?? "";
  const handle = row.querySelector(".noUi-handle");
  const readout = row.querySelector(".widget-readout");
  if (!handle || !readout) return;
  put(handle, "aria-label", label);
  put(readout, "aria-label", label);
  put(handle, "aria-valuetext", readout.textContent);
  const [low, high, now] = ["min", "max", "now"].map((end) => Number(handle.getAttribute(`aria-value${end}`)));
  const share = (value) => (high > low ? (value - low) / (high - low) : 0);
  row.querySelector(".slider").style.setProperty("--nnlib-part", share(now));
  const track = row.querySelector(".noUi-base");
  if (ticks[label] && !track.querySelector(".nnlib-tick"))
    for (const value of ticks[label]) {
      const tick = track.appendChild(document.createElement("span"));
      tick.className = "nnlib-tick";
      tick.style.left = `${100 * share(value)}%`;
    }
}

// Only what changes is set, as each change is seen by the observer that calls this.
function put(part, name, value) {
  if (part.getAttribute(name) !== value) part.setAttribute(name, value);
}

// A panel is as high as what is between the bars of the page, so that controls and picture are seen together.
function makeRoom(panel, picture) {
  const screen = panel.closest(".jp-WindowedPanel-outer")?.clientHeight || window.innerHeight;
  const others = panel.getBoundingClientRect().height - picture.getBoundingClientRect().height;
  const room = Math.max(LEAST_HEIGHT, Math.floor(screen - others - 28));
  if (panel.style.getPropertyValue("--nnlib-room") !== `${room}px`) panel.style.setProperty("--nnlib-room", `${room}px`);
}

function isDark() {
  const told = document.body.dataset.jpThemeLight;
  return told ? told === "false" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function tellTheme(model) {
  if (model.get("dark") === isDark()) return;
  model.set("dark", isDark());
  model.save_changes();
}

// After a while, not at every frame of a film.
function speak(model, region) {
  let waiting;
  model.on("change:alt", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { region.textContent = model.get("alt"); }, AS_LONG_AS.speaking);
  });
}

function sayIfItTakesLong(model, panel) {
  let waiting;
  model.on("change:busy", () => {
    clearTimeout(waiting);
    if (model.get("busy")) waiting = setTimeout(() => panel.classList.add("nnlib-learning"), AS_LONG_AS.learning);
    else panel.classList.remove("nnlib-learning");
  });
}

// Send where the pointer is, as shares of the picture from its left and top; the next place once this one is drawn.
function listenToPointer(model, picture) {
  let asked = 0, place = null, down = false;
  const send = (kind) => {
    asked = performance.now();
    model.send({ kind, ...place });
    place = null;
  };
  const note = (event) => {
    const box = picture.querySelector("img").getBoundingClientRect();
    place = { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  };
  picture.classList.add("nnlib-touch");
  picture.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    picture.setPointerCapture(event.pointerId);
    down = true;
    note(event);
    send("down");
  });
  picture.addEventListener("pointermove", (event) => {
    if (!down) return;
    note(event);
    if (!asked || performance.now() - asked > AS_LONG_AS.answer) send("move");
  });
  for (const end of ["pointerup", "pointercancel"])
    picture.addEventListener(end, () => {
      if (down && place) send("move");
      down = false;
    });
  model.on("change:drawn", () => {
    asked = 0;
    if (down && place) send("move");
  });
}

function attend(model, panel, region) {
  const picture = panel.querySelector(".nnlib-picture .widget-html-content");
  put(picture, "title", model.get("touch"));
  const changed = () => dress(panel, model.get("ticks"));
  const fit = () => makeRoom(panel, picture);
  const watch = new MutationObserver(changed);
  const sizes = new ResizeObserver(fit);
  const theme = new MutationObserver(() => tellTheme(model));
  changed();
  fit();
  tellTheme(model);
  speak(model, region);
  sayIfItTakesLong(model, panel);
  if (model.get("touch")) listenToPointer(model, picture);
  const attributeFilter = ["class", "aria-valuenow", "aria-valuetext"];
  watch.observe(panel, { childList: true, subtree: true, characterData: true, attributeFilter });
  sizes.observe(panel);
  sizes.observe(panel.closest(".jp-WindowedPanel-outer") ?? document.body);
  theme.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  return () => [watch, sizes, theme].forEach((observer) => observer.disconnect());
}

function render({ model, el }) {
  el.classList.add("nnlib-words");
  const region = el.appendChild(document.createElement("p"));
  region.setAttribute("aria-live", "polite");
  let leave = () => {};
  // The element joins the page after render returns, and its neighbours may come later still.
  let start = requestAnimationFrame(function wait() {
    const panel = el.closest(".nnlib-panel");
    if (panel?.querySelector(".nnlib-picture .widget-html-content")) leave = attend(model, panel, region);
    else start = requestAnimationFrame(wait);
  });
  return () => {
    cancelAnimationFrame(start);
    leave();
  };
}

export default { render };
