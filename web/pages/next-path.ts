/** Without its dots a path may name another host: `/.//evil.example`. */
const isOfThisSite = (path: string): boolean =>
  URL.canParse(path, location.origin) && new URL(path, location.origin).origin === location.origin;

/** Where to go after signing in: a path of this site from `next`, never another site. */
export function nextPath(query: Record<string, string>): string {
  const next = query["next"] ?? "/";
  if (!next.startsWith("/") || !isOfThisSite(next)) return "/";
  const { pathname, search } = new URL(next, location.origin);
  const path = pathname + search;
  return isOfThisSite(path) ? path : "/";
}
