import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { Agent, request as sendRequest } from "node:http";
import {
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type OutgoingHttpHeaders,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

interface Http2Front {
  origin: string;
  stop: () => void;
}

/** Headers that HTTP/2 forbids (RFC 9113, section 8.2.2). */
const CONNECTION_HEADERS = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade"]);

/** A key and a certificate for localhost, valid for a day. Browsers have to be told to accept it. */
async function makeCertificate(): Promise<{ key: Buffer; cert: Buffer }> {
  const folder = await mkdtemp(join(tmpdir(), "kinora-certificate-"));
  try {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    await promisify(execFile)("openssl", [
      ...["req", "-x509", "-nodes", "-days", "1", "-subj", "/CN=localhost"],
      ...["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
      ...["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
    ]);
    return { key: await readFile(key), cert: await readFile(cert) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Serves a running product over HTTP/2 and TLS, as Cloudflare serves every deployment. The local servers speak
 * HTTP/1.1, where each of six connections has its own handshake and each file 0.3 kB of headers, which visitors never
 * pay for.
 */
export async function startHttp2Front(target: string): Promise<Http2Front> {
  const agent = new Agent({ keepAlive: true });
  const forward = (request: Http2ServerRequest, response: Http2ServerResponse): void => {
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !name.startsWith(":")),
    );
    if (headers["origin"]) headers["origin"] = target;
    const upstream = sendRequest(
      new URL(request.url, target),
      { agent, method: request.method, headers },
      (answer) => {
        const kept = Object.entries(answer.headers).filter(
          ([name]) => !CONNECTION_HEADERS.has(name),
        );
        response.writeHead(
          answer.statusCode ?? 502,
          Object.fromEntries(kept) as OutgoingHttpHeaders,
        );
        answer.pipe(response);
      },
    );
    upstream.on("error", () => response.stream?.close());
    response.on("close", () => upstream.destroy());
    request.pipe(upstream);
  };
  const server = createSecureServer(await makeCertificate(), forward).listen(0, "localhost");
  await once(server, "listening");
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close();
      agent.destroy();
    },
  };
}
