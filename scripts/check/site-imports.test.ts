import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Imports and exports that remain without types, one after another. */
const RUNTIME_IMPORTS = /^(?:import|export) (?!type )(?:[^;"]* from )?"([^"]+)";/gm;

function runtimeImports(file: string): string[] {
  return Array.from(readFileSync(file, "utf8").matchAll(RUNTIME_IMPORTS), ([, name]) => name!);
}

/** The modules and packages that a module of the Worker needs at run time, each with its chain of imports. */
function needs(file: string, way: string[] = []): [name: string, way: string[]][] {
  return runtimeImports(file).flatMap((name) => {
    const next = [...way, relative(ROOT, file)];
    return name.startsWith(".") ? needs(join(dirname(file), name), next) : [[name, next] as const];
  }) as [string, string[]][];
}

// zod is larger than the code of most pages. The site trusts the API and shares its types.
test("the site imports no Worker module that needs zod", () => {
  const files = readdirSync(join(ROOT, "web"), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$|^dist/.test(name))
    .map((name) => join(ROOT, "web", name));
  const shared = files.flatMap((file) =>
    runtimeImports(file)
      .filter((name) => name.includes("/workers/"))
      .map((name) => [file, join(dirname(file), name)] as const),
  );
  expect(shared.length).toBeGreaterThan(5);
  const ways = shared.flatMap(([file, module]) =>
    needs(module, [relative(ROOT, file)])
      .filter(([name]) => name === "zod")
      .map(([, way]) => way.join(" -> ")),
  );
  expect(ways).toEqual([]);
});
