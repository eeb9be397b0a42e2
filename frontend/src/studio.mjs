// The table editor of the studio: it works on the text of the page's form and hands that text back when the form is sent.
// Without a script, or when the text cannot be drawn as a table, the form's own text field stays in use.
import Modeler from "dmn-js/lib/Modeler";

// The editor knows one edition of the namespace; what a table holds is the same in the later ones.
const KNOWN = "https://www.omg.org/spec/DMN/20191111/MODEL/";
const LATER = /https:\/\/www\.omg\.org\/spec\/DMN\/(?:20211108|20230324)\/MODEL\//;

async function start(host) {
  const form = host.closest("form");
  const source = form.querySelector("[data-dmn-source]");
  const problem = form.querySelector("[data-dmn-problem]");
  const edition = source.value.match(LATER)?.[0] ?? KNOWN;
  const editor = new Modeler({container: host, keyboard: {bindTo: host}});
  try {
    await editor.importXML(source.value.replaceAll(edition, KNOWN));
    const views = editor.getViews();
    await editor.open(views.find((view) => view.type === "decisionTable") ?? views[0]);
  } catch (error) {
    host.hidden = true;
    problem.hidden = false;
    problem.querySelector("[data-dmn-reason]").textContent = error.message;
    return;
  }
  source.closest("details").open = false;
  let changed = false;
  const watch = () => editor.getActiveViewer()?.on("commandStack.changed", () => (changed = true));
  editor.on("views.changed", watch);
  watch();
  // Who opened the text field and typed there wants the text, not the table.
  let typed = false;
  source.addEventListener("input", () => (typed = true));
  form.addEventListener("submit", async (event) => {
    if (!changed || typed || form.dataset.ready) return;
    event.preventDefault();
    const {xml} = await editor.saveXML({format: true});
    source.value = xml.replaceAll(KNOWN, edition);
    form.dataset.ready = "yes";
    form.requestSubmit(event.submitter);
  });
  window.addEventListener("beforeunload", (event) => {
    if ((changed || typed) && !form.dataset.ready && !form.dataset.sent) event.preventDefault();
  });
  form.addEventListener("submit", () => (form.dataset.sent = "yes"));
}

for (const host of document.querySelectorAll("[data-dmn-editor]")) start(host);
