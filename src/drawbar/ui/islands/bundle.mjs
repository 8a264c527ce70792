// Bundles every file of entries/ and the style sheet into static/dist with hashed names and a manifest.
import { build } from "esbuild";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const here = import.meta.dirname;
const dist = join(here, "..", "static", "dist");
const entries = readdirSync(join(here, "entries")).map((name) => join(here, "entries", name));

rmSync(dist, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: [...entries, join(here, "..", "styles", "drawbar.css"), join(here, "..", "styles", "mark.svg")],
  outdir: dist,
  entryNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  metafile: true,
  format: "esm",
  target: ["es2022"],
  legalComments: "none",
  loader: { ".svg": "copy" },
  logLevel: "warning",
});

const manifest = {};
for (const [path, output] of Object.entries(metafile.outputs)) {
  const source = output.entryPoint ?? Object.keys(output.inputs)[0];
  manifest[basename(source).replace(/\.ts$/, ".js")] = basename(path);
}
writeFileSync(join(dist, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
