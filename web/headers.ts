export interface HeaderSettings {
  /** Origin of the S3 endpoint that upload parts are PUT to. */
  uploadOrigin: string;
  /** Sources of the scripts in the HTML file, by their hashes. */
  inlineScripts?: readonly string[];
  /** Whether pages may load Google's Cast framework. */
  chromecast?: boolean;
}

/** Google's Cast framework loads more of its code from there. */
const CAST_ORIGIN = "https://www.gstatic.com";

/**
 * The Content-Security-Policy of the site. Only our own script files run, and the first script in the HTML file,
 * by its hash: no other inline script, no eval. Inline styles are allowed, because media-chrome's shadow roots contain
 * `<style>` elements (docs/decisions/221-inline-styles-in-the-csp.md).
 * A deployment can allow Google's Cast framework (docs/decisions/632-chromecast.md).
 * @param frameAncestors sources that may frame the page
 */
export function contentSecurityPolicy(settings: HeaderSettings, frameAncestors: string): string {
  const directives: Record<string, string> = {
    "default-src": "'self'",
    "script-src": [
      "'self'",
      ...(settings.inlineScripts ?? []),
      ...(settings.chromecast ? [CAST_ORIGIN] : []),
    ].join(" "),
    "script-src-attr": "'none'",
    "worker-src": "'self' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "font-src": "'self'",
    "connect-src": `'self' ${settings.uploadOrigin}`,
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": frameAncestors,
  };
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join("; ");
}

/**
 * The policy of our web workers, which differs from the page's: ffmpeg is WebAssembly, and the page hands it over as a
 * blob (docs/decisions/224-file-check-before-upload.md).
 */
const WORKER_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "connect-src blob:",
].join("; ");

const PERMISSIONS = [
  "camera=()",
  "display-capture=()",
  "geolocation=()",
  "microphone=()",
  "payment=()",
  "usb=()",
  "autoplay=(self)",
  "fullscreen=(self)",
  "picture-in-picture=(self)",
  "publickey-credentials-create=(self)",
  "publickey-credentials-get=(self)",
].join(", ");

/**
 * Pages' `_headers` file. Rules that match the same path add up, so a path first detaches (`!`) the headers that it
 * replaces. Any site may frame the embed page. Headers that apply only to pages are not sent with their scripts and
 * styles, of which each page has a dozen; web workers have their own policy. Source:
 * https://developers.cloudflare.com/pages/configuration/headers/
 */
export function pagesHeaders(settings: HeaderSettings): string {
  return `/*
  Content-Security-Policy: ${contentSecurityPolicy(settings, "'self'")}
  Permissions-Policy: ${PERMISSIONS}
  Cross-Origin-Opener-Policy: same-origin
  Referrer-Policy: no-referrer
  X-Content-Type-Options: nosniff
  Strict-Transport-Security: max-age=31536000; includeSubDomains

/embed/*
  ! Content-Security-Policy
  ! Permissions-Policy
  ! Cross-Origin-Opener-Policy
  Content-Security-Policy: ${contentSecurityPolicy(settings, "*")}
  Permissions-Policy: ${PERMISSIONS.replaceAll("(self)", "*")}

/assets/*
  ! Content-Security-Policy
  ! Permissions-Policy
  ! Cross-Origin-Opener-Policy
  Cache-Control: public, max-age=31536000, immutable

/assets/workers/*
  Content-Security-Policy: ${WORKER_POLICY}
`;
}
