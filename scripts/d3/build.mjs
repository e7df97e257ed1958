// Renew methods3/live/js/d3.js, for which Node.js is needed:
//
//     cd scripts/d3 && npm ci --ignore-scripts && npm run build
//
// The file is kept with the course, so that nobody else needs Node.js.

import { readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const USED = `
export { axisBottom, axisLeft } from "d3-axis";
export { contours } from "d3-contour";
export { drag } from "d3-drag";
export { scaleLinear, scaleLog } from "d3-scale";
export { select } from "d3-selection";
`;
const { packages } = JSON.parse(await readFile("package-lock.json", "utf-8"));
const versions = Object.entries(packages)
  .filter(([name]) => /node_modules\/(d3-|internmap)/.test(name))
  .map(([name, { version }]) => `${name.replace("node_modules/", "")} ${version}`);
const { outputFiles } = await build({
  stdin: { contents: USED, resolveDir: "." },
  bundle: true,
  format: "iife",
  globalName: "d3",
  minify: true,
  write: false,
});
const code = outputFiles[0].text.trim().replace("var d3=", "export const d3 = ");
const notice = `// Copyright 2010-2024 Mike Bostock, ISC licence: ${versions.join(", ")}.
// Made by scripts/d3/build.mjs; not to be edited.
`;
await writeFile("../../methods3/live/js/d3.js", `${notice}${code}\n`);
