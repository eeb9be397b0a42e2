// Checks a credential in the browser, with nothing sent anywhere: the same questions in the same order as
// trust/core/verdict.py. Keys and the list of withdrawn credentials stand on the page (data-keys, data-status).
const WORDS = {
  genuine: ["真实有效", "Genuine"],
  altered: ["已被改动", "Altered"],
  revoked: ["签发属实，但已失效", "Genuine when given, no longer in force"],
  unknown: ["无法判断", "Cannot tell"],
};
const TECHNICAL = new Set(["iss", "iat", "nbf", "exp", "vct", "jti", "status", "_sd", "_sd_alg", "cnf"]);

function bytesOf(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) throw new Error("base64url");
  const bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  if (textOf(bytes) !== text) throw new Error("base64url");
  return bytes;
}
const textOf = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const told = (part) => JSON.parse(new TextDecoder("utf-8", {fatal: true}).decode(bytesOf(part)));

function read(text) {
  const parts = text.split(".");
  if (parts.length !== 3) throw new Error("parts");
  const [header, payload] = [told(parts[0]), told(parts[1])];
  if (!header || !payload || typeof header !== "object" || typeof payload !== "object") throw new Error("object");
  return {header, payload, covered: new TextEncoder().encode(`${parts[0]}.${parts[1]}`), signature: bytesOf(parts[2])};
}

async function holds(signed, keys) {
  if (signed.header.alg !== "EdDSA" || "crit" in signed.header) return false;
  const key = await crypto.subtle.importKey("raw", bytesOf(keys[signed.header.kid]), {name: "Ed25519"}, false, ["verify"]);
  return crypto.subtle.verify({name: "Ed25519"}, key, signed.signature, signed.covered);
}

class Altered extends Error {}

async function selective(payload, disclosures) {
  const hidden = new Set(payload._sd ?? []);
  const fields = Object.fromEntries(Object.entries(payload).filter(([name]) => !TECHNICAL.has(name) && name !== "number"));
  for (const one of disclosures.filter(Boolean)) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(one)));
    if (!hidden.has(textOf(digest))) throw new Altered(one);
    const [, name, value] = told(one);
    if (name in fields || TECHNICAL.has(name)) throw new Altered(name);
    fields[name] = value;
  }
  const status = payload.status.credentialStatus;
  return {kind: payload.vct.split("/").pop(), number: payload.number, index: status.statusListIndex,
    begins: status.validFrom, ends: status.validUntil, fields};
}

async function said(signed, disclosures) {
  const {payload} = signed;
  if (signed.header.typ === "dc+sd-jwt") return selective(payload, disclosures);
  if (signed.header.typ !== "vc+jwt" || disclosures.some(Boolean)) throw new Error("typ");
  const {number, ...fields} = payload.credentialSubject;
  return {kind: payload.type[1], number, index: payload.credentialStatus.statusListIndex, begins: payload.validFrom,
    ends: payload.validUntil, fields};
}

async function listed(status, keys) {
  const signed = read(status.trim());
  if (!(await holds(signed, keys))) throw new Error("signature");
  const subject = signed.payload.credentialSubject;
  if (subject.type !== "BitstringStatusList") throw new Error("list");
  return {asOf: signed.payload.validFrom, until: signed.payload.validUntil, days: subject.revokedFrom};
}

// The day as the city counts it: the moments carry its offset.
function dayAt(moment, like) {
  const [, sign, hours, minutes] = like.match(/([+-])(\d\d):(\d\d)$/) ?? [null, "+", "0", "0"];
  const shift = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  return new Date(Date.parse(moment) + shift * 60000).toISOString().slice(0, 10);
}

const answer = (state, zh, en, more = {}) => ({state, reason: [zh, en], ...more});

async function inForce(found, keys, status, now, on) {
  const more = {number: found.number, kind: found.kind, fields: found.fields};
  const [begins, ends] = [found.begins.slice(0, 10), found.ends?.slice(0, 10)];
  if (on < begins) return answer("unknown", `自 ${begins} 起才有效`, `It holds only from ${begins}`, more);
  let list = null;
  try {
    list = await listed(status, keys);
  } catch {
    list = null; // said below: without a list nobody can tell
  }
  const withdrawn = list?.days[found.index];
  if (withdrawn && withdrawn <= on) return answer("revoked", `自 ${withdrawn} 起被撤销`, `Withdrawn as of ${withdrawn}`, {...more, since: withdrawn});
  if (ends && ends <= on) return answer("revoked", `有效期到 ${ends} 为止`, `It held until ${ends}`, {...more, since: ends});
  if (!list) return answer("unknown", "签名属实，但没有可信的撤销清单", "The signature holds, but there is no list of withdrawn credentials to trust", more);
  if (Date.parse(list.until) < now && dayAt(list.asOf, found.begins) <= on) {
    return answer("unknown", `签名属实，但撤销清单是 ${list.asOf.slice(0, 16)} 的，已经过时`, `The signature holds, but the list of withdrawn credentials is of ${list.asOf.slice(0, 16)}, too old`, more);
  }
  return answer("genuine", "签名属实，没有撤销，在有效期内", "The signature holds, it was not withdrawn and is in force", more);
}

export async function verdict(text, keys, status, now = Date.now(), on = "") {
  const parts = text.trim().split("~");
  let signed;
  try {
    signed = read(parts[0]);
  } catch {
    return answer("unknown", "这不是本市的电子证照，或者没有复制完整", "This is no credential of this city, or it is not whole");
  }
  if (!Object.hasOwn(keys, String(signed.header.kid))) {
    return answer("unknown", "签发它的密钥不在可信清单里", "The key that signed it is not on the list of known keys");
  }
  try {
    if (!(await holds(signed, keys))) return answer("altered", "内容与签名不符", "The content does not fit the signature");
  } catch {
    return answer("unknown", "这个浏览器不会验这种签名，请换新版浏览器，或者在网站上验", "This browser cannot check this kind of signature; use a newer one, or check on the site");
  }
  try {
    const found = await said(signed, parts.slice(1));
    return await inForce(found, keys, status, now, on || dayAt(new Date(now).toISOString(), found.begins));
  } catch (error) {
    if (error instanceof Altered) return answer("altered", "披露的内容与签名不符", "What is disclosed does not fit the signature");
    return answer("unknown", "签名属实，但内容不是电子证照", "The signature holds, but the content is no credential");
  }
}

function line(list, title, value) {
  const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
  dt.textContent = title;
  dd.textContent = String(value);
  list.append(dt, dd);
}

const LOOKS = {genuine: "good", altered: "bad", revoked: "bad", unknown: "warn"};

function show(place, found, english, titles) {
  const heading = document.createElement("strong");
  heading.textContent = WORDS[found.state][english];
  const reason = document.createElement("p");
  reason.textContent = found.reason[english];
  const list = document.createElement("dl");
  list.className = "pairs";
  if (found.number) line(list, english ? "Number" : "编号", found.number);
  for (const [name, value] of Object.entries(found.fields ?? {})) line(list, titles[found.kind]?.[name]?.[english] ?? name, value);
  const box = document.createElement("div");
  box.append(heading, reason, list);
  place.className = `note note-${LOOKS[found.state]} mt-3`;
  place.replaceChildren(box);
  place.dataset.state = found.state;
}

function begin(place) {
  const english = document.documentElement.lang.startsWith("en") ? 1 : 0;
  const [text, button, result] = ["credential-text", "check-here", "checked-here"].map((id) => document.getElementById(id));
  button.hidden = false;
  button.addEventListener("click", async () => {
    const status = document.getElementById("status-text")?.value || place.dataset.status;
    show(result, await verdict(text.value, JSON.parse(place.dataset.keys), status), english, JSON.parse(place.dataset.titles));
  });
}

const place = typeof document === "undefined" ? null : document.getElementById("verify-here");
if (place) begin(place);
