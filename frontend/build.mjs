// Builds the committed front-end files: node build.mjs [target folder]. The same sources give the same bytes.
import {build} from "esbuild";
import {mkdir, readFile, readdir, rm, writeFile} from "node:fs/promises";
import {dirname, join} from "node:path";
import {fileURLToPath} from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2] ?? join(here, "../src/yiwang/web/static/dist");
const packages = join(here, "node_modules");

// One sprite instead of an icon font: a page draws only what it names, and an unknown name stops the build.
async function sprite() {
  const names = (await readFile(join(here, "src/icons.txt"), "utf8")).split(/\s+/).filter(Boolean).sort();
  const symbols = [];
  for (const name of names) {
    const svg = await readFile(join(packages, "@tabler/icons/icons/outline", `${name}.svg`), "utf8");
    const paths = [...svg.matchAll(/<path[^>]*\/>/g)].map((match) => match[0]).filter((path) => !path.includes('stroke="none"'));
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${paths.join("")}</symbol>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

// The packages something was taken from, by the builder's own account; the icons are read above.
function taken(metafile) {
  const names = new Set(["@tabler/icons"]);
  for (const path of Object.keys(metafile.inputs)) {
    const name = path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1];
    if (name) names.add(name);
  }
  return [...names].sort();
}

// The licences ask that their texts travel with the code.
async function notices(metafile) {
  const parts = [];
  for (const name of taken(metafile)) {
    const folder = join(packages, name);
    const {version, license = "licence named nowhere in the package"} = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const entries = await readdir(folder, {withFileTypes: true});
    const files = entries.filter((entry) => entry.isFile() && /^(licen[cs]e|copying|notice)/i.test(entry.name)).map((entry) => entry.name);
    const texts = await Promise.all(files.sort().map((file) => readFile(join(folder, file), "utf8")));
    // Tabler's package carries its notice only at the head of its style sheet; its licence is the one of its icons.
    if (name === "@tabler/core") {
      const sheet = await readFile(join(folder, "dist/css/tabler.css"), "utf8");
      texts.push(sheet.slice(sheet.indexOf("/*!"), sheet.indexOf("*/")), await readFile(join(packages, "@tabler/icons/LICENSE"), "utf8"));
    }
    // Of the same makers and under the licence its package names, which it does not carry.
    if (name === "bpmn-auto-layout") texts.push(await readFile(join(packages, "diagram-js/LICENSE"), "utf8"));
    parts.push(`${name} ${version} (${license})\n${"=".repeat(60)}\n${texts.join("\n").trim()}\n`);
  }
  return parts.join("\n\n");
}

// What the form editor draws goes by way of its words; what draws the form itself does not.
const formWords = {
  name: "form-words",
  setup: (build) => build.onResolve({filter: /^preact\/jsx-runtime$/}, ({importer}) =>
    importer.includes("@bpmn-io/form-js-editor/") ? {path: join(here, "src/formwords.mjs")} : null),
};

await rm(target, {recursive: true, force: true});
await mkdir(target, {recursive: true});
const {metafile} = await build({
  metafile: true,
  absWorkingDir: here,
  entryPoints: ["src/app.mjs", "src/charts.mjs", "src/studio.mjs", "src/diagram.mjs", "src/modeler.mjs", "src/formeditor.mjs", "src/verify.mjs", "src/proof.mjs", "src/app.css", "src/studio.css", "src/formeditor.css",
    "src/diagram.css"],
  outdir: target,
  outExtension: {".js": ".js"},
  assetNames: "[name]",
  // The packages' own would break the content policy. The form editor and what it draws with must share one preact.
  alias: {domify: "./src/domify.mjs", "style-mod": "./src/stylemod.mjs", preact: "./node_modules/preact"},
  loader: {".woff2": "file"},
  plugins: [formWords],
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome109", "firefox115", "safari16"],
  legalComments: "none",
  charset: "utf8",
  logLevel: "warning",
});
await writeFile(join(target, "icons.svg"), await sprite());
await writeFile(join(target, "favicon.svg"), await readFile(join(here, "src/favicon.svg")));
await writeFile(join(target, "NOTICES.txt"), await notices(metafile));
