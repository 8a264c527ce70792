// Bundles every file of entries/ and the style sheet into static/dist with hashed names and a manifest;
// every file of embed/, which pages of others load as a plain script, becomes a global of its own.
import { build } from "esbuild";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const here = import.meta.dirname;
const dist = join(here, "..", "static", "dist");
const filesOf = (folder) => readdirSync(join(here, folder)).map((name) => join(here, folder, name));
const shared = {
  absWorkingDir: here,
  outdir: dist,
  entryNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  metafile: true,
  target: ["es2022"],
  legalComments: "none",
  logLevel: "warning",
};

rmSync(dist, { recursive: true, force: true });
const built = [
  await build({
    ...shared,
    entryPoints: [...filesOf("entries"), join(here, "..", "styles", "drawbar.css"), join(here, "..", "styles", "mark.svg")],
    format: "esm",
    loader: { ".svg": "copy" },
  }),
  await build({ ...shared, entryPoints: filesOf("embed"), format: "iife", globalName: "DrawbarLink" }),
];

const manifest = {};
for (const [path, output] of built.flatMap(({ metafile }) => Object.entries(metafile.outputs))) {
  const source = output.entryPoint ?? Object.keys(output.inputs)[0];
  manifest[basename(source).replace(/\.ts$/, ".js")] = basename(path);
}
writeFileSync(join(dist, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
