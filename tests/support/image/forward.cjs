// Runs in the network of the image, which has no other way out or in: a port of localhost leads to the socket of the
// runner API, and another socket to the health check of the transcoder.
const fs = require("node:fs");
const net = require("node:net");

const TRANSCODER_PORT = 8080;
const [folder, port] = process.argv.slice(-2);
const health = `${folder}/health.sock`;

function forward(target) {
  return net.createServer((client) => {
    const other = net.connect(target);
    client.on("error", () => other.destroy());
    other.on("error", () => client.destroy());
    client.pipe(other).pipe(client);
  });
}

forward({ path: `${folder}/api.sock` }).listen(Number(port), "127.0.0.1");
fs.rmSync(health, { force: true });
forward({ port: TRANSCODER_PORT, host: "127.0.0.1" }).listen(health, () =>
  fs.chmodSync(health, 0o777),
);
