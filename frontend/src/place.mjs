// A place is written as longitude,latitude. The device can say where it is, and a small plane around the point moves it by steps
// one can see; no picture of the world is fetched from anybody.
const SVG = "http://www.w3.org/2000/svg";
const SPAN = 0.02;
const [WIDTH, HEIGHT] = [600, 260];
const word = (name) => document.getElementById("place-words")?.dataset[name] ?? "";

function parsed(text) {
  const parts = text.replace("\uff0c", ",").split(",").map((part) => Number.parseFloat(part));
  return parts.length === 2 && parts.every(Number.isFinite) ? parts : null;
}

function shape(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

function plane(input) {
  const box = shape("svg", {class: "place-plane", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", tabindex: "0"});
  let centre = null;
  const tall = (SPAN * HEIGHT) / WIDTH;
  const set = (longitude, latitude) => {
    input.value = `${longitude.toFixed(6)},${latitude.toFixed(6)}`;
    draw();
  };
  function draw() {
    const point = parsed(input.value);
    box.toggleAttribute("hidden", !point);
    if (!point) return;
    if (!centre || Math.abs(point[0] - centre[0]) > SPAN / 2 || Math.abs(point[1] - centre[1]) > tall / 2) centre = point;
    const x = (longitude) => ((longitude - centre[0]) / SPAN + 0.5) * WIDTH;
    const y = (latitude) => (0.5 - (latitude - centre[1]) / tall) * HEIGHT;
    box.replaceChildren();
    box.setAttribute("aria-label", `${word("plane")} ${input.value}`);
    for (let at = Math.ceil((centre[0] - SPAN / 2) * 200); at <= (centre[0] + SPAN / 2) * 200; at += 1) {
      box.append(shape("line", {x1: x(at / 200), x2: x(at / 200), y1: 0, y2: HEIGHT}), shape("text", {x: x(at / 200) + 3, y: HEIGHT - 5}, (at / 200).toFixed(3)));
    }
    for (let at = Math.ceil((centre[1] - tall / 2) * 500); at <= (centre[1] + tall / 2) * 500; at += 1) {
      box.append(shape("line", {x1: 0, x2: WIDTH, y1: y(at / 500), y2: y(at / 500)}), shape("text", {x: 3, y: y(at / 500) - 4}, (at / 500).toFixed(3)));
    }
    box.append(shape("circle", {cx: x(point[0]), cy: y(point[1]), r: 8}));
  }
  box.addEventListener("click", (event) => {
    const area = box.getBoundingClientRect();
    set(centre[0] + ((event.clientX - area.left) / area.width - 0.5) * SPAN, centre[1] + (0.5 - (event.clientY - area.top) / area.height) * tall);
  });
  box.addEventListener("keydown", (event) => {
    const step = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}[event.key];
    const point = parsed(input.value);
    if (!step || !point) return;
    event.preventDefault();
    set(point[0] + step[0] * 0.0002, point[1] + step[1] * 0.0002);
  });
  input.addEventListener("input", draw);
  draw();
  return {box, set};
}

function start(input) {
  if (input.dataset.picked) return;
  input.dataset.picked = "yes";
  const holder = document.createElement("div");
  holder.className = "place-pick";
  const {box, set} = plane(input);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-quiet btn-sm mb-2";
  button.textContent = word("here");
  const told = document.createElement("p");
  told.className = "form-hint";
  told.setAttribute("role", "status");
  button.addEventListener("click", () => {
    told.textContent = word("looking");
    navigator.geolocation.getCurrentPosition(
      ({coords}) => {
        set(coords.longitude, coords.latitude);
        told.textContent = word("found");
      },
      () => (told.textContent = word("none")),
      {enableHighAccuracy: true, timeout: 15000},
    );
  });
  if (navigator.geolocation) holder.append(button, told);
  holder.append(box);
  input.closest(".field").append(holder);
}

const every = (root) => root.querySelectorAll?.("input[data-place]").forEach(start);
every(document);
// A form whose questions changed was swapped in whole.
document.body.addEventListener("htmx:after:swap", () => every(document));
