// Compile the style sheets and copy the scripts and images into static/build (git-ignored).
// Run by `npm run build`. Stops with exit code 1 when the style sheet does not compile.

import { cpSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const source = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(source));
const build = join(root, "static", "build");
const modules = join(root, "node_modules");
const govuk = join(modules, "govuk-frontend", "dist", "govuk");
const moj = join(modules, "@ministryofjustice", "frontend", "moj");

rmSync(build, { recursive: true, force: true });
mkdirSync(join(build, "js"), { recursive: true });
mkdirSync(join(build, "images"), { recursive: true });

const { css } = sass.compile(join(source, "check-back.scss"), {
  loadPaths: [root, modules], // MOJ Frontend names "node_modules/govuk-frontend" itself
  quietDeps: true,
  style: "compressed",
});

// The font and the crown are reserved to GOV.UK domains; a new version of a package must not bring them back.
if (/GDS Transport|crown|crest/i.test(css)) {
  throw new Error("The compiled style sheet names the GDS Transport font or the crown. Mend static/src/_settings.scss.");
}
writeFileSync(join(build, "check-back.css"), css);

cpSync(join(source, "js"), join(build, "js"), { recursive: true });
for (const [folder, name] of [[govuk, "govuk-frontend.min.js"], [moj, "moj-frontend.min.js"]]) {
  // Without its last line: the source map is not shipped, and collectstatic stops at a name it cannot find.
  const script = readFileSync(join(folder, name), "utf8").replace(/^\/\/# sourceMappingURL=.*$/m, "");
  writeFileSync(join(build, "js", name), script);
}

cpSync(join(source, "images"), join(build, "images"), { recursive: true });
for (const [, image] of css.matchAll(/url\(["']?images\/([\w.-]+)["']?\)/g)) {
  copyFileSync(join(moj, "assets", "images", image), join(build, "images", image));
}

console.log(`Style sheet (${Math.round(css.length / 1024)} kB) and scripts are in static/build.`);
