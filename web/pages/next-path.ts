/** Any origin that cannot exist: the check is whether a path stays on it. */
const ORIGIN = "https://here.invalid";

function staysOnSite(path: string): boolean {
  return URL.canParse(path, ORIGIN) && new URL(path, ORIGIN).origin === ORIGIN;
}

/** Where to go after signing in: the path in `next`, or `/` if that would lead to another site. */
export function nextPath(query: Record<string, string>): string {
  const next = query["next"] ?? "/";
  if (!next.startsWith("/") || !staysOnSite(next)) return "/";
  const { pathname, search } = new URL(next, ORIGIN);
  const path = pathname + search;
  // After its dots are resolved, a path such as `/.//evil.example` names another host.
  return staysOnSite(path) ? path : "/";
}
