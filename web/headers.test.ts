import { expect, test } from "vitest";
import { inlineScriptHashes } from "./first-script-plugin.ts";
import { contentSecurityPolicy, pagesHeaders } from "./headers.ts";

const settings = { uploadOrigin: "https://account.r2.cloudflarestorage.com" };

test("only our own script files run", () => {
  const policy = contentSecurityPolicy(settings, "'self'");
  const scripts = policy.split("; ").filter((directive) => directive.startsWith("script-src"));
  expect(scripts).toEqual(["script-src 'self'", "script-src-attr 'none'"]);
});

test("a script in the HTML file runs by its hash only", () => {
  const html = `<script data-en="ltr">run()</script><script type="module" src="/a.js"></script><script id="x"></script>`;
  const inlineScripts = inlineScriptHashes(html);
  expect(inlineScripts).toEqual(["'sha256-AvyuiL0SD1mVY3NNxR+V2uo+lhk6RMFrytWmRt6CrJQ='"]);
  for (const ancestors of ["'self'", "*"])
    expect(contentSecurityPolicy({ ...settings, inlineScripts }, ancestors)).toContain(
      `script-src 'self' ${inlineScripts[0]};`,
    );
});

test("a deployment with Chromecast allows Google's script too, and nothing else of it", () => {
  const policy = contentSecurityPolicy({ ...settings, chromecast: true }, "'self'");
  expect(policy).toContain("script-src 'self' https://www.gstatic.com;");
  expect(policy.match(/gstatic/g)).toHaveLength(1);
});

test("the browser may connect to this site and to the upload storage only", () => {
  expect(contentSecurityPolicy(settings, "'self'")).toContain(
    `connect-src 'self' ${settings.uploadOrigin};`,
  );
});

test("other sites may frame the embed page only", () => {
  const [site, embed] = pagesHeaders(settings).split("/embed/*");
  expect(site).toContain("frame-ancestors 'self'");
  expect(embed).toContain("! Content-Security-Policy");
  expect(embed).toContain("frame-ancestors *");
});

test("only the web workers may compile WebAssembly, and they may fetch only blobs", () => {
  const [pages, workers] = pagesHeaders(settings).split("/assets/workers/*");
  expect(pages).not.toContain("wasm");
  expect(workers).toContain("script-src 'self' 'wasm-unsafe-eval'");
  expect(workers).toContain("connect-src blob:\n");
});

test("scripts and styles are sent without headers that apply only to pages", () => {
  const [, assets = ""] = pagesHeaders(settings).split("/assets/*");
  for (const name of [
    "Content-Security-Policy",
    "Permissions-Policy",
    "Cross-Origin-Opener-Policy",
  ])
    expect(assets).toContain(`  ! ${name}\n`);
  expect(assets).not.toContain("! X-Content-Type-Options");
});
