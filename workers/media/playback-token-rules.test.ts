import { describe, expect, test } from "vitest";
import { PlaybackRules, PlaybackTokenRules } from "../contract/playback.ts";
import { combineRules, compileRules, type Requester, requesterOf } from "./playback-token-rules.ts";

const OWN = "https://kinora.example";
const unknown: Requester = { country: null, address: null, origin: null };
function allows(rules: object, requester: Partial<Requester>): boolean {
  return compileRules(PlaybackTokenRules.parse(rules), OWN)({ ...unknown, ...requester });
}

describe("every rule of a token must hold, and fails closed", () => {
  test.each([
    [{}, unknown, true],
    [{ countries: { allow: ["DE", "AT"] } }, { country: "AT" }, true],
    [{ countries: { allow: ["DE", "AT"] } }, { country: "FR" }, false],
    [{ countries: { allow: ["DE"] } }, {}, false],
    [{ countries: { allow: [] } }, { country: "DE" }, false],
    [{ countries: { deny: ["FR"] } }, { country: "FR" }, false],
    [{ countries: { deny: ["FR"] } }, { country: "DE" }, true],
    [{ countries: { deny: ["FR"] } }, {}, false],
    [{ countries: { deny: [] } }, {}, true],
    [{ ipRanges: ["203.0.113.0/24"] }, { address: "203.0.113.9" }, true],
    [{ ipRanges: ["203.0.113.0/24"] }, { address: "203.0.114.9" }, false],
    [{ ipRanges: ["203.0.113.0/24"] }, { address: "2001:db8::1" }, false],
    [{ ipRanges: ["2001:db8::/32", "198.51.100.7/32"] }, { address: "2001:db8:1::1" }, true],
    [{ ipRanges: ["2001:db8::/32"] }, { address: "not an address" }, false],
    [{ ipRanges: ["0.0.0.0/0"] }, {}, false],
    [{ origins: ["https://blog.example"] }, { origin: "https://blog.example" }, true],
    [{ origins: ["https://blog.example"] }, { origin: OWN }, true],
    [{ origins: ["https://blog.example"] }, { origin: "https://blog.example.evil.example" }, false],
    [{ origins: ["https://blog.example"] }, {}, false],
    [
      { countries: { allow: ["DE"] }, ipRanges: ["203.0.113.0/24"] },
      { country: "DE", address: "192.0.2.1" },
      false,
    ],
  ])("%o for %o: %s", (rules, requester, expected) => {
    expect(allows(rules, requester)).toBe(expected);
  });
});

describe("a token combines the rules of its video with its own", () => {
  test.each([
    [{}, {}, {}],
    [{ countries: { allow: ["DE", "AT"] } }, {}, { countries: { allow: ["DE", "AT"] } }],
    [
      { countries: { allow: ["DE", "AT"] } },
      { countries: { allow: ["AT", "FR"] } },
      { countries: { allow: ["AT"] } },
    ],
    [
      { countries: { allow: ["DE"] } },
      { countries: { allow: ["FR"] } },
      { countries: { allow: [] } },
    ],
    [
      { countries: { allow: ["DE", "AT"] } },
      { countries: { deny: ["AT"] } },
      { countries: { allow: ["DE"] } },
    ],
    [
      { countries: { deny: ["FR"] } },
      { countries: { deny: ["FR", "AT"] } },
      { countries: { deny: ["FR", "AT"] } },
    ],
    [
      { origins: ["https://a.example", "https://b.example"] },
      { origins: ["https://b.example"], ipRanges: ["203.0.113.0/24"] },
      { origins: ["https://b.example"], ipRanges: ["203.0.113.0/24"] },
    ],
  ])("%o and %o are %o", (video, requested, combined) => {
    expect(combineRules(PlaybackRules.parse(video), PlaybackTokenRules.parse(requested))).toEqual(
      combined,
    );
  });
});

describe("the requester is derived from the request", () => {
  const requester = (headers: Record<string, string>): Requester =>
    requesterOf(
      new Request<unknown, IncomingRequestCfProperties>("https://kinora.example/", { headers }),
      OWN,
    );

  test.each([
    [{ origin: "https://a.example", referer: "https://b.example/page" }, "https://a.example"],
    [{ referer: "https://b.example/page?x" }, "https://b.example"],
    [{ "sec-fetch-site": "same-origin" }, OWN],
    [{ "sec-fetch-site": "cross-site" }, null],
    [{ referer: "nonsense" }, null],
    [{}, null],
  ])("%o comes from %s", (headers, origin) => {
    expect(requester(headers as Record<string, string>).origin).toBe(origin);
  });

  test.each([
    ["DE", "DE"],
    ["XX", null],
    ["T1", null],
    [undefined, null],
  ])("Cloudflare's country %s is %s", (country, known) => {
    const cf = { country } as IncomingRequestCfProperties;
    const request = new Request<unknown, IncomingRequestCfProperties>(OWN, { cf });
    expect(requesterOf(request, OWN).country).toBe(known);
  });

  test("the address is the one seen by the platform, not the one claimed by the client", () => {
    expect(
      requester({ "cf-connecting-ip": "192.0.2.1", "x-forwarded-for": "203.0.113.9" }).address,
    ).toBe("192.0.2.1");
  });
});
