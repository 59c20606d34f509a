import { BlockList, isIPv4, isIPv6 } from "node:net";
import type { PlaybackRules, PlaybackTokenRules } from "../contract/playback.ts";

/** What a request reveals about its sender; null if unknown (Tor hides the country). */
export interface Requester {
  /** ISO 3166-1 alpha-2. */
  country: string | null;
  /** IP address. */
  address: string | null;
  /** Origin of the page that sent the request. */
  origin: string | null;
}

function addressFamily(address: string): "ipv4" | "ipv6" | null {
  if (isIPv4(address)) return "ipv4";
  return isIPv6(address) ? "ipv6" : null;
}

function rangesOf(cidrs: string[]): BlockList {
  const ranges = new BlockList();
  for (const cidr of cidrs) {
    const [network = "", prefix] = cidr.split("/");
    ranges.addSubnet(network, Number(prefix), addressFamily(network) ?? "ipv4");
  }
  return ranges;
}

/**
 * Compiles the rules of a token into a check. Rules fail closed: a requester whose country, address or origin is unknown
 * is refused by every rule about it, be it an allow or a deny list.
 * @param ownOrigin the origin of our own player, whose pages may always play
 */
export function compileRules(
  { countries, ipRanges, origins }: PlaybackTokenRules,
  ownOrigin: string,
): (requester: Requester) => boolean {
  const checks: ((requester: Requester) => boolean)[] = [];
  const { allow, deny } = countries ?? {};
  if (allow) checks.push(({ country }) => country !== null && allow.includes(country));
  if (deny?.length) checks.push(({ country }) => country !== null && !deny.includes(country));
  if (ipRanges) {
    const ranges = rangesOf(ipRanges);
    checks.push(({ address }) => {
      const family = address === null ? null : addressFamily(address);
      return family !== null && ranges.check(address!, family);
    });
  }
  if (origins) {
    const allowed = new Set([...origins, ownOrigin]);
    checks.push(({ origin }) => origin !== null && allowed.has(origin));
  }
  return (requester) => checks.every((check) => check(requester));
}

function intersection(left: string[] | undefined, right: string[] | undefined) {
  return left && right ? left.filter((item) => right.includes(item)) : (left ?? right);
}

/** Combines the rules of a video with those requested for one token: a request must satisfy both. */
export function combineRules(
  video: PlaybackRules,
  requested: PlaybackTokenRules,
): PlaybackTokenRules {
  const deny = [...(video.countries?.deny ?? []), ...(requested.countries?.deny ?? [])];
  const allow = intersection(video.countries?.allow, requested.countries?.allow);
  const origins = intersection(video.origins, requested.origins);
  return {
    ...requested,
    // With an allow list the deny list is redundant, and the token stays short.
    ...(allow && { countries: { allow: allow.filter((country) => !deny.includes(country)) } }),
    ...(!allow && deny.length > 0 && { countries: { deny: [...new Set(deny)] } }),
    ...(origins && { origins }),
  };
}

const originOf = (url: string | null): string | null =>
  url !== null && URL.canParse(url) ? new URL(url).origin : null;

/**
 * Cloudflare's codes for an unknown country and for Tor.
 * Source: developers.cloudflare.com/fundamentals/reference/http-headers
 */
const UNKNOWN_COUNTRIES = new Set(["XX", "T1"]);

const countryOf = (country: string | undefined): string | null =>
  country === undefined || UNKNOWN_COUNTRIES.has(country) ? null : country;

/**
 * Reads the requester from a request. A browser sends no `Origin` with requests to the page's own origin, but indicates
 * this in `Sec-Fetch-Site`.
 */
export function requesterOf(
  request: Request<unknown, IncomingRequestCfProperties>,
  ownOrigin: string,
): Requester {
  const { headers } = request;
  const sameOrigin = headers.get("sec-fetch-site") === "same-origin" ? ownOrigin : null;
  return {
    country: countryOf(request.cf?.country),
    address: headers.get("cf-connecting-ip"),
    origin: headers.get("origin") ?? originOf(headers.get("referer")) ?? sameOrigin,
  };
}
