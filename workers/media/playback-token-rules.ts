import { BlockList, isIPv4, isIPv6 } from "node:net";
import type { PlaybackTokenRules, PlaybackRules } from "../contract/playback.ts";

/** What a request shows of who is asking; null where the platform does not know (Tor hides the country). */
export interface Asker {
  country: string | null;
  address: string | null;
  /** Origin of the page that asks. */
  origin: string | null;
}

const family = (address: string): "ipv4" | "ipv6" | null => {
  if (isIPv4(address)) return "ipv4";
  return isIPv6(address) ? "ipv6" : null;
};

function rangesOf(cidrs: string[]): BlockList {
  const ranges = new BlockList();
  for (const cidr of cidrs) {
    const [network = "", prefix] = cidr.split("/");
    ranges.addSubnet(network, Number(prefix), family(network) ?? "ipv4");
  }
  return ranges;
}

/**
 * Compiles the rules of a grant into a check. A rule fails closed: whose country is unknown is refused by any rule of
 * countries, who is not known to fit an allowed range or origin by these.
 * @param ownOrigin where our own player lives; its pages may always play
 */
export function compileRules(
  { countries, ipRanges, origins }: PlaybackTokenRules,
  ownOrigin: string,
): (asker: Asker) => boolean {
  const checks: ((asker: Asker) => boolean)[] = [];
  const { allow, deny } = countries ?? {};
  if (allow) checks.push(({ country }) => country !== null && allow.includes(country));
  if (deny?.length) checks.push(({ country }) => country !== null && !deny.includes(country));
  if (ipRanges) {
    const ranges = rangesOf(ipRanges);
    checks.push(({ address }) => {
      const type = address === null ? null : family(address);
      return type !== null && ranges.check(address!, type);
    });
  }
  if (origins) {
    const allowed = new Set([...origins, ownOrigin]);
    checks.push(({ origin }) => origin !== null && allowed.has(origin));
  }
  return (asker) => checks.every((check) => check(asker));
}

const common = (one: string[] | undefined, other: string[] | undefined): string[] | undefined =>
  one && other ? one.filter((item) => other.includes(item)) : (one ?? other);

/** The rules of a video and those that one grant is asked for, as rules that hold where both do. */
export function bothRules(video: PlaybackRules, asked: PlaybackTokenRules): PlaybackTokenRules {
  const deny = [...(video.countries?.deny ?? []), ...(asked.countries?.deny ?? [])];
  const allow = common(video.countries?.allow, asked.countries?.allow);
  const origins = common(video.origins, asked.origins);
  return {
    ...asked,
    // One list says it all, and keeps the token short.
    ...(allow && { countries: { allow: allow.filter((country) => !deny.includes(country)) } }),
    ...(!allow && deny.length > 0 && { countries: { deny: [...new Set(deny)] } }),
    ...(origins && { origins }),
  };
}

const originOf = (url: string | null): string | null =>
  url !== null && URL.canParse(url) ? new URL(url).origin : null;

/** Cloudflare's codes for no country: none found, and Tor. Source: developers.cloudflare.com/fundamentals/reference/http-headers */
const NO_COUNTRY = new Set(["XX", "T1"]);

const countryOf = (country: string | undefined): string | null =>
  country === undefined || NO_COUNTRY.has(country) ? null : country;

/**
 * Reads the asker off a request. A browser leaves `Origin` out of requests to the page's own origin, and says so
 * in `Sec-Fetch-Site`.
 */
export function askerOf(
  request: Request<unknown, IncomingRequestCfProperties>,
  ownOrigin: string,
): Asker {
  const { headers } = request;
  const own = headers.get("sec-fetch-site") === "same-origin" ? ownOrigin : null;
  return {
    country: countryOf(request.cf?.country),
    address: headers.get("cf-connecting-ip"),
    origin: headers.get("origin") ?? originOf(headers.get("referer")) ?? own,
  };
}
