/** Any origin will do: what matters is whether a path keeps it. */
const HERE = "https://here.invalid";

/** Without its dots a path may name another host: `/.//evil.example`. */
const staysHere = (path: string): boolean =>
  URL.canParse(path, HERE) && new URL(path, HERE).origin === HERE;

/** Where to go after signing in: a path of this site from `next`, never another site. */
export function nextPath(query: Record<string, string>): string {
  const next = query["next"] ?? "/";
  if (!next.startsWith("/") || !staysHere(next)) return "/";
  const { pathname, search } = new URL(next, HERE);
  const path = pathname + search;
  return staysHere(path) ? path : "/";
}
