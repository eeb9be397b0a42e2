// What the drawn and the edited diagram share: a place for every element, and what the page says about some of them.
import {layoutProcess} from "bpmn-auto-layout";

export const block = (id) => {
  const found = id && document.getElementById(id);
  return found ? JSON.parse(found.textContent) : null;
};

const MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL";
const BEFORE = ["documentation", "extensionElements", "auditing", "monitoring", "categoryValueRef", "incoming", "outgoing"];

// Written by hand, a step seldom repeats the flows that reach and leave it; placing the steps needs them there.
function linked(xml) {
  const found = new DOMParser().parseFromString(xml, "application/xml");
  const steps = new Map([...found.getElementsByTagName("*")].map((one) => [one.getAttribute("id"), one]));
  const add = (id, name, flow) => {
    const step = steps.get(id);
    const children = [...(step?.children ?? [])];
    if (!step || children.some((one) => one.localName === name && one.textContent.trim() === flow)) return;
    const made = found.createElementNS(MODEL, step.prefix ? `${step.prefix}:${name}` : name);
    made.textContent = flow;
    const order = BEFORE.slice(0, BEFORE.indexOf(name) + 1);
    step.insertBefore(made, children.find((one) => !order.includes(one.localName)) ?? null);
  };
  for (const flow of found.getElementsByTagNameNS(MODEL, "sequenceFlow")) {
    add(flow.getAttribute("sourceRef"), "outgoing", flow.getAttribute("id"));
    add(flow.getAttribute("targetRef"), "incoming", flow.getAttribute("id"));
  }
  return new XMLSerializer().serializeToString(found);
}

// A diagram written by hand has no drawing of its own: it gets one, and keeps it when it is saved.
export async function drawn(xml) {
  return /<(?:[\w-]+:)?BPMNDiagram[\s>]/.test(xml) ? xml : layoutProcess(linked(xml));
}

// `marks`: the element → a tone, a short text and a longer one, both in the reader's language.
export function marked(viewer, marks) {
  const [canvas, overlays, registry] = ["canvas", "overlays", "elementRegistry"].map((name) => viewer.get(name));
  for (const [id, mark] of Object.entries(marks ?? {})) {
    const element = registry.get(id);
    if (!element) continue;
    canvas.addMarker(id, `is-${mark.tone}`);
    const sign = document.createElement("span");
    sign.className = `diagram-mark is-${mark.tone}`;
    sign.textContent = mark.short;
    sign.title = mark.text;
    overlays.add(id, {position: {top: -12, right: 12}, html: sign});
  }
}

// A button of the page that names an element brings it to the middle and selects it.
export function shown(viewer) {
  for (const button of document.querySelectorAll("[data-diagram-element]")) {
    if (!viewer.get("elementRegistry").get(button.dataset.diagramElement)) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const element = viewer.get("elementRegistry").get(button.dataset.diagramElement);
      viewer.get("canvas").scrollToElement(element);
      viewer.get("selection").select(element);
      viewer.get("canvas").getContainer().scrollIntoView({block: "nearest"});
    });
  }
}

// A wide diagram is shown from its beginning, so that one can read it; `left` is what stands over the drawing there.
export function fitted(viewer, left = 20) {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  if (canvas.zoom() > 1) canvas.zoom(1);
  if (canvas.zoom() >= 0.45 && left === 20) return;
  canvas.zoom(Math.max(0.6, canvas.zoom()));
  const {inner, scale, ...box} = canvas.viewbox();
  canvas.viewbox({...box, x: inner.x - left / scale, y: inner.y + inner.height / 2 - canvas.getSize().height / 2 / scale});
}
