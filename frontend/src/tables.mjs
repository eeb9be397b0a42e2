// Small tables that stand on a page whole: sort by a column, filter by words, take away as CSV.
// Long lists do the same on the server, by links.
const number = (text) => {
  const plain = text.replace(/[,\s%]/g, "");
  return plain !== "" && !Number.isNaN(Number(plain)) ? Number(plain) : null;
};

function compare(a, b) {
  const [x, y] = [number(a), number(b)];
  if (x !== null && y !== null) return x - y;
  if (x !== null || y !== null) return x !== null ? -1 : 1;
  return a.localeCompare(b, document.documentElement.lang || "zh");
}

const cellText = (row, index) => (row.cells[index]?.dataset.value ?? row.cells[index]?.textContent ?? "").trim();

function sortable(table) {
  const body = table.tBodies[0];
  if (!body || body.rows.length < 2) return;
  [...table.tHead.rows[0].cells].forEach((cell, index) => {
    if (cell.dataset.sort === "no" || !cell.textContent.trim()) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "table-sort-button";
    button.append(...cell.childNodes);
    cell.append(button);
    button.addEventListener("click", () => {
      const down = cell.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      cell.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].sort((a, b) => compare(cellText(a, index), cellText(b, index)) * (down ? -1 : 1));
      body.append(...rows);
    });
  });
}

function filterable(table, input) {
  const empty = document.getElementById(`${table.id}-empty`);
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of table.tBodies[0].rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    if (empty) empty.hidden = shown > 0;
  });
}

// A cell that a spreadsheet would run as a formula gets a leading apostrophe.
const safe = (text) => (/^[=+\-@\t\r]/.test(text) && number(text) === null ? `'${text}` : text);
const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function saved(table) {
  const rows = [table.tHead.rows[0], ...table.tBodies[0].rows].filter((row) => !row.hidden);
  const lines = rows.map((row) => [...row.cells].map((cell) => quoted(safe(cell.textContent.trim().replace(/\s+/g, " ")))).join(","));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`\ufeff${lines.join("\r\n")}\r\n`], {type: "text/csv;charset=utf-8"}));
  link.download = `${table.dataset.name || table.id || "table"}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

for (const table of document.querySelectorAll("table[data-sortable]")) sortable(table);
for (const input of document.querySelectorAll("input[data-filters]")) {
  const table = document.getElementById(input.dataset.filters);
  if (table) filterable(table, input);
  input.closest("[hidden]")?.removeAttribute("hidden");
}
for (const button of document.querySelectorAll("button[data-saves]")) {
  const table = document.getElementById(button.dataset.saves);
  button.hidden = false;
  button.addEventListener("click", () => table && saved(table));
}
