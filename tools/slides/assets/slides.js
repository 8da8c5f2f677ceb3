// Starts a deck: first MathJax sets the formulas, then reveal.js takes over, and what is too high for a slide shrinks.

const WIDTH = 1280, HEIGHT = 720; // pixels
const LEAST = 20, MOST = 38; // of type; the smallest on a slide is 0.8 times as large
const MARGIN = 44; // below what a slide shows, for its number
const FULL = 560; // how far down the text of a slide may reach when it is made larger

function bottom(slide) {
  const shown = [...slide.children].filter((part) => !part.matches(".notes"));
  const last = shown[shown.length - 1];
  return last.offsetTop + last.offsetHeight;
}

function resize(part, by) {
  const size = parseFloat(getComputedStyle(part).fontSize) + by;
  part.style.fontSize = `${size}px`;
  return size;
}

function narrow(formula) {
  while (formula.scrollWidth > formula.clientWidth + 1 && resize(formula, -1) > LEAST);
}

function fit() {
  const slide = Reveal.getCurrentSlide();
  if (slide.dataset.fits) return;
  slide.dataset.fits = true;
  if (!slide.querySelector("img, .code"))
    while (bottom(slide) < FULL && resize(slide, 1) < MOST);
  while (bottom(slide) > HEIGHT - MARGIN && resize(slide, -1) > LEAST);
  slide.querySelectorAll("mjx-container[display]").forEach(narrow);
}

function start() {
  // the speaker's window has no styles for what only a screen reader is to see
  document.querySelectorAll(".notes mjx-assistive-mml").forEach((part) => part.remove());
  Reveal.on("ready", fit);
  Reveal.on("slidechanged", fit);
  return Reveal.initialize({
    width: WIDTH,
    height: HEIGHT,
    margin: 0,
    maxScale: 4,
    center: false,
    controls: false,
    display: "flex",
    hash: true,
    navigationMode: "linear", // for whoever has but the two keys of a remote control
    slideNumber: "c/t",
    transition: "none",
    backgroundTransition: "none",
    plugins: [RevealNotes],
  });
}

window.MathJax = {
  tex: { inlineMath: [["$", "$"], ["\\(", "\\)"]], processEscapes: true },
  svg: { fontCache: "local" },
  options: { enableMenu: false },
  startup: {
    pageReady: () => MathJax.startup.defaultPageReady().then(start),
  },
};
