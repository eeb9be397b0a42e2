// Checks the proof of a use in the browser: the leaf, its way to the root, and the signature of the checkpoint. Nothing is
// sent anywhere; the same steps as trust/core/verifier.py.
const hex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const base = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const sha = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const leafHash = (bytes) => sha(joined([0], bytes));
const nodeHash = (left, right) => sha(joined([1], left, right));
const utf8 = (text) => new TextEncoder().encode(text);

// The root a path of hashes leads to; null when it has not the length of one.
export async function rootByPath(hashed, index, size, path) {
  const turns = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    let half = 1;
    while (half * 2 < end - start) half *= 2;
    const right = index >= start + half;
    turns.push(right);
    if (right) start += half;
    else end = start + half;
  }
  if (index < 0 || index >= size || turns.length !== path.length) return null;
  let found = hashed;
  for (const [at, other] of path.entries()) {
    found = turns[turns.length - 1 - at] ? await nodeHash(other, found) : await nodeHash(found, other);
  }
  return found;
}

export async function signedHead(note, keys) {
  const [body, lines] = [note.slice(0, note.lastIndexOf("\n\n")), note.slice(note.lastIndexOf("\n\n") + 2)];
  const [, size, root] = body.split("\n");
  for (const key of keys) {
    const [name, id] = key.split("+", 2);
    const raw = base(key.slice(name.length + id.length + 2));
    if (raw[0] !== 1 || !same((await sha(joined(utf8(`${name}\n`), raw))).slice(0, 4), hex(id))) continue;
    for (const line of lines.split("\n").filter((one) => one.startsWith(`— ${name} `))) {
      const said = base(line.slice(line.lastIndexOf(" ") + 1));
      if (!same(said.slice(0, 4), hex(id))) continue;
      const held = await crypto.subtle.importKey("raw", raw.slice(1), {name: "Ed25519"}, false, ["verify"]);
      if (await crypto.subtle.verify({name: "Ed25519"}, held, said.slice(4), utf8(`${body}\n`))) return {size: Number(size), root: base(root)};
    }
  }
  return null;
}

// Names of the witnesses that signed the checkpoint too; null when the signature of one does not hold.
export async function cosigners(note, keys) {
  const [body, lines] = [note.slice(0, note.lastIndexOf("\n\n")), note.slice(note.lastIndexOf("\n\n") + 2)];
  const found = [];
  for (const key of keys) {
    const [name, id] = key.split("+", 2);
    const raw = base(key.slice(name.length + id.length + 2));
    if (raw[0] !== 4 || !same((await sha(joined(utf8(`${name}\n`), raw))).slice(0, 4), hex(id))) return null;
    const line = lines.split("\n").filter((one) => one.startsWith(`— ${name} `)).map((one) => base(one.slice(one.lastIndexOf(" ") + 1)))
      .find((one) => same(one.slice(0, 4), hex(id)));
    if (!line) continue;
    if (line.length !== 76) return null;
    const said = utf8(`cosignature/v1\ntime ${new DataView(line.buffer).getBigUint64(4)}\n${body}\n`);
    const held = await crypto.subtle.importKey("raw", raw.slice(1), {name: "Ed25519"}, false, ["verify"]);
    if (!(await crypto.subtle.verify({name: "Ed25519"}, held, line.slice(12), said))) return null;
    found.push(name);
  }
  return found;
}

// "" when everything holds, else what does not: signature, witness, tree or person.
export async function fault(proof) {
  const head = await signedHead(proof.checkpoint, proof.keys);
  if (!head) return "signature";
  if (!(await cosigners(proof.checkpoint, proof.witnesses ?? []))) return "witness";
  const leaf = base(proof.leaf);
  const root = await rootByPath(await leafHash(leaf), proof.index, head.size, proof.hashes.map(hex));
  if (head.size !== proof.size || !root || !same(root, head.root)) return "tree";
  if (!proof.subject) return "";
  const {about} = JSON.parse(new TextDecoder().decode(leaf));
  if (typeof about === "string") return about === proof.subject ? "" : "person";
  const among = await rootByPath(await leafHash(hex(proof.subject)), proof.place, about.n, proof.others.map(hex));
  return among && same(among, hex(about.root)) ? "" : "person";
}

// What is told stands on the page, in the reader's language: data-holds, -cosigned, -signature, -witness, -tree, -person, -old.
const button = globalThis.document?.getElementById("check-proof");
if (button) {
  const result = document.getElementById("proof-result");
  button.hidden = false;
  button.addEventListener("click", async () => {
    let found;
    let others = [];
    try {
      const proof = JSON.parse(button.dataset.proof);
      found = await fault(proof);
      if (!found) others = await cosigners(proof.checkpoint, proof.witnesses ?? []);
    } catch (error) {
      found = error.name === "NotSupportedError" ? "old" : "tree";
    }
    result.dataset.state = found || "holds";
    result.textContent = result.dataset[found || "holds"];
    if (others.length) result.textContent += ` ${result.dataset.cosigned}${others.join(" · ")}`;
  });
}
