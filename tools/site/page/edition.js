// A reader's chapter that is older than the site's: what was written stays, under a name of its own, beside the new one.
// Of a copy in which nothing was written, only the new edition is left.
(() => {
  const site = new URL("./", document.currentScript.src);
  const MINE = / \(my work(, \d+)?\)\.ipynb$/;

  const asked = (request) =>
    new Promise((tell, fail) => {
      request.onsuccess = () => tell(request.result);
      request.onerror = () => fail(request.error);
    });

  const openStorage = () => {
    const request = indexedDB.open(`JupyterLite Storage - ${site.pathname}`);
    // There is none yet: it is JupyterLite's to make.
    request.onupgradeneeded = () => request.transaction.abort();
    return asked(request).catch(() => null);
  };

  // The same sum as in tools/site/editions.py: FNV-1a over the sources of all cells.
  const editionOf = (notebook) => {
    let hash = 0x811c9dc5;
    for (const cell of notebook.cells) {
      const source = Array.isArray(cell.source) ? cell.source.join("") : cell.source;
      for (const letter of `${source}\0`) {
        hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193) >>> 0;
      }
    }
    return hash.toString(16).padStart(8, "0");
  };

  const freeName = (path, taken) => {
    const stem = path.replace(/\.ipynb$/, "");
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? `${stem} (my work).ipynb` : `${stem} (my work, ${number}).ipynb`;
      if (!taken.has(name)) return name;
    }
  };

  const setAside = async (files, path, edition, taken) => {
    const model = await asked(files.get(path));
    const notebook = typeof model?.content === "string" ? JSON.parse(model.content) : model?.content;
    const begun = notebook?.metadata?.course_edition;
    if (!begun || begun === edition) return;
    if (editionOf(notebook) !== begun) {
      const name = freeName(path, taken);
      taken.add(name);
      files.put({ ...model, path: name, name: name.split("/").pop() }, name);
    }
    files.delete(path);
  };

  const update = async () => {
    const storage = await openStorage();
    if (!storage?.objectStoreNames.contains("files")) return [];
    const editions = await (await fetch(new URL("editions.json", site), { cache: "no-cache" })).json();
    const files = storage.transaction("files", "readwrite").objectStore("files");
    const taken = new Set(await asked(files.getAllKeys()));
    for (const [path, edition] of Object.entries(editions)) {
      if (taken.has(path)) await setAside(files, path, edition, taken);
    }
    storage.close();
    return [...taken].filter((path) => MINE.test(path));
  };

  const show = (paths) => {
    const note = document.getElementById("editions");
    if (!note || paths.length === 0) return;
    note.hidden = false;
    note.append("Since you were here these chapters have a new edition. What you wrote is kept:");
    const list = note.appendChild(document.createElement("ul"));
    for (const path of paths) {
      const link = document.createElement("a");
      link.href = `${note.dataset.app}?path=${encodeURIComponent(path)}`;
      link.textContent = path.replace(/\.ipynb$/, "");
      list.appendChild(document.createElement("li")).append(link);
    }
  };

  update().then(show);
})();
