import { expect, test } from "vitest";
import { AppError } from "./errors.ts";
import { filenameOfLink, rangeOfLink, readableLink, validatorOfLink } from "./links.ts";

const OWN_HOST = "video.example.org";

function codeOf(link: string, policy: "public" | "local" | "off" = "public", base?: string) {
  try {
    return readableLink(link, policy, OWN_HOST, base);
  } catch (error) {
    return error instanceof AppError ? error.code : error;
  }
}

test("links to public servers are accepted, without the parts that only browsers use", () => {
  expect(codeOf(" https://files.example.org/a.mp4?key=1#t=5 ")).toBe(
    "https://files.example.org/a.mp4?key=1",
  );
  expect(codeOf("../b.mp4", "public", "https://files.example.org/x/a.mp4")).toBe(
    "https://files.example.org/b.mp4",
  );
  expect(codeOf("https://files.example.org:443/a.mp4")).toBe("https://files.example.org/a.mp4");
});

test.each([
  ["no address", "files.example.org/a.mp4"],
  ["no web address", "file:///etc/passwd"],
  ["without encryption", "http://files.example.org/a.mp4"],
  ["a name and a password", "https://ada:secret@files.example.org/a.mp4"],
  ["a port", "https://files.example.org:8443/a.mp4"],
  ["an IPv4 address", "https://93.184.216.34/a.mp4"],
  ["an IPv4 address in hex", "https://0x7f000001/a.mp4"],
  ["an IPv4 address in one number", "https://2130706433/"],
  ["a short IPv4 address", "https://127.1/"],
  ["metadata of a cloud", "https://169.254.169.254/latest/meta-data/"],
  ["metadata of a cloud by name", "https://metadata.google.internal/"],
  ["an IPv6 address", "https://[::1]/a.mp4"],
  ["an IPv4 address in IPv6", "https://[::ffff:10.0.0.1]/a.mp4"],
  ["metadata of a cloud in IPv6", "https://[::ffff:a9fe:a9fe]/latest/meta-data/"],
  ["metadata of a cloud behind NAT64", "https://[64:ff9b::a9fe:a9fe]/latest/meta-data/"],
  ["metadata of a cloud in octal", "https://0251.0376.0251.0376/latest/meta-data/"],
  ["localhost", "https://localhost/a.mp4"],
  ["localhost with a dot", "https://localhost./a.mp4"],
  ["below localhost", "https://a.localhost/a.mp4"],
  ["a name in a network", "https://nas/a.mp4"],
  ["a name of mDNS", "https://nas.local/a.mp4"],
  ["a name in other digits", "https://①②⑦.0.0.1/"],
  ["this site", "https://video.example.org/a.mp4"],
])("%s is refused", (_, link) => {
  expect(codeOf(link)).toBe("link_refused");
});

test("local addresses are allowed in development, and an operator can disable links", () => {
  expect(codeOf("http://127.0.0.1:8080/a.mp4", "local")).toBe("http://127.0.0.1:8080/a.mp4");
  expect(codeOf("ftp://127.0.0.1/a.mp4", "local")).toBe("link_refused");
  expect(codeOf("https://files.example.org/a.mp4", "off")).toBe("link_refused");
});

const ADDRESS = "https://files.example.org/videos/Gulls%20%26%20boats.mp4?key=1";

test.each([
  [null, "Gulls & boats.mp4"],
  ["inline", "Gulls & boats.mp4"],
  ['attachment; filename="The harbour.mov"', "The harbour.mov"],
  ["attachment; filename=The harbour.mov; size=5", "The harbour.mov"],
  [`attachment; filename="x.mov"; filename*=UTF-8''H%C3%A4fen%20%F0%9F%9A%A2.mov`, "Häfen 🚢.mov"],
  ["attachment; filename*=UTF-8''%E0%A4%A.mov", "Gulls & boats.mp4"],
  ['attachment; filename="../../etc/a.mov"', "a.mov"],
  ['attachment; filename="a \\"b\\".mov"', 'a "b".mov'],
  ['attachment; filename=""', "Gulls & boats.mp4"],
])("the file name comes from %s", (disposition, name) => {
  expect(filenameOfLink(disposition, ADDRESS)).toBe(name);
});

test("a file whose address has no name is named video, and an undecodable name is used as it is", () => {
  expect(filenameOfLink(null, "https://files.example.org/")).toBe("video");
  expect(filenameOfLink(null, "https://files.example.org/100%.mp4")).toBe("100%.mp4");
});

test("range headers and validators of the file are read", () => {
  expect(rangeOfLink("bytes 0-99/200")).toEqual({ start: 0, end: 99, size: 200 });
  expect([rangeOfLink("bytes 0-99/*"), rangeOfLink(null)]).toEqual([null, null]);
  const changed = "Mon, 30 Nov 2026 07:00:00 GMT";
  expect(validatorOfLink(new Headers({ etag: '"a"', "last-modified": changed }))).toBe('"a"');
  expect(validatorOfLink(new Headers({ etag: 'W/"a"', "last-modified": changed }))).toBe(changed);
  expect(validatorOfLink(new Headers({ etag: 'W/"a"' }))).toBeNull();
});
