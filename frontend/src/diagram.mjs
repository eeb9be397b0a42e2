// A process as a drawing one can move and enlarge. Without a script the page's own list of steps says the same.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import {editorWords} from "./editorwords.mjs";
import {block, drawn, fitted, marked, shown} from "./drawing.mjs";
import yw from "./yw.json";

async function start(host) {
  const translate = ["value", editorWords(document.getElementById("editor-words"))];
  host.hidden = false;
  const viewer = new NavigatedViewer({container: host, moddleExtensions: {yw}, additionalModules: [{translate}]});
  try {
    await viewer.importXML(await drawn(block(host.dataset.diagram)));
  } catch (error) {
    host.hidden = true;
    host.dataset.drawn = "no";
    const problem = document.querySelector("[data-diagram-problem]");
    if (problem) {
      problem.hidden = false;
      problem.querySelector("[data-diagram-reason]").textContent = error.message;
    }
    return;
  }
  fitted(viewer);
  marked(viewer, block(host.dataset.marks));
  shown(viewer);
  for (const button of document.querySelectorAll("[data-diagram-zoom]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const canvas = viewer.get("canvas");
      if (button.dataset.diagramZoom === "fit") canvas.zoom("fit-viewport", "auto");
      else canvas.zoom(canvas.zoom() * Number(button.dataset.diagramZoom));
    });
  }
  host.dataset.drawn = "yes";
}

for (const host of document.querySelectorAll("[data-diagram]")) start(host);
