// Shows the chapter that JupyterLab opens as a room should see it: large, nothing round it, its pictures alive.
// JupyterLab loads this as a prebuilt extension, for this run only; it is not installed anywhere.

const PRESENT = "application:toggle-presentation-mode";
const ROUND_IT = [
  ["application:toggle-header"],
  ["application:toggle-left-area"],
  ["application:toggle-right-area"],
  ["application:toggle-side-tabbar", { side: "left" }],
  ["application:toggle-side-tabbar", { side: "right" }],
];

async function theChapter(app) {
  while (!app.shell.currentWidget?.sessionContext) await new Promise((next) => setTimeout(next, 100));
  const panel = app.shell.currentWidget;
  await panel.context.ready;
  await panel.sessionContext.ready;
  return panel;
}

async function clear(app) {
  const { commands } = app;
  if (!commands.isToggled(PRESENT)) await commands.execute(PRESENT);
  for (const part of ROUND_IT)
    if (commands.hasCommand(part[0]) && commands.isToggled(...part)) await commands.execute(...part);
}

async function lecture(app) {
  await app.restored;
  const panel = await theChapter(app);
  await clear(app);
  await app.commands.execute("notebook:run-all-cells");
  panel.content.activeCellIndex = 0; // running ends at the last cell
  panel.node.querySelector(".jp-WindowedPanel-outer").scrollTo(0, 0);
  panel.context.model.dirty = false; // nothing of the lecturer's was changed yet
  document.body.dataset.lecture = "ready";
}

const plugin = { id: "nnlib-lecture:plugin", autoStart: true, activate: (app) => void lecture(app) };
window._JUPYTERLAB = window._JUPYTERLAB ?? {};
window._JUPYTERLAB["nnlib-lecture"] = {
  init: () => {},
  get: async () => () => ({ __esModule: true, default: plugin }),
};
