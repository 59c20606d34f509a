import { expect, test } from "vitest";
import { contentSecurityPolicy, pagesHeaders } from "./headers.ts";

const settings = { uploadOrigin: "https://account.r2.cloudflarestorage.com" };

test("no script runs but our own files", () => {
  const policy = contentSecurityPolicy(settings, "'self'");
  const scripts = policy.split("; ").filter((directive) => directive.startsWith("script-src"));
  expect(scripts).toEqual(["script-src 'self'", "script-src-attr 'none'"]);
});

test("the browser may talk to this site and to the storage it uploads to, nothing else", () => {
  expect(contentSecurityPolicy(settings, "'self'")).toContain(
    `connect-src 'self' ${settings.uploadOrigin};`,
  );
});

test("only the embed page may be framed by others", () => {
  const [site, embed] = pagesHeaders(settings).split("/embed/*");
  expect(site).toContain("frame-ancestors 'self'");
  expect(embed).toContain("! Content-Security-Policy");
  expect(embed).toContain("frame-ancestors *");
});

test("only the workers' own files may compile WebAssembly, and they may fetch nothing but blobs", () => {
  const [pages, workers] = pagesHeaders(settings).split("/assets/workers/*");
  expect(pages).not.toContain("wasm");
  expect(workers).toContain("! Content-Security-Policy");
  expect(workers).toContain("script-src 'self' 'wasm-unsafe-eval'");
  expect(workers).toContain("connect-src blob:\n");
});
