import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Runs a program to its end and returns what it printed. @throws Error with its output when it fails */
export async function run(
  program: string,
  args: string[],
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${program} ${args.join(" ")}: ${output}`);
  return output;
}

/** Debian's wrk and nginx, unpacked below `folder`: nothing is installed. Returns that root. */
export async function unpackPeers(folder: string): Promise<string> {
  const root = join(folder, "debian");
  const packages = join(folder, "packages");
  await mkdir(packages, { recursive: true });
  await run("apt-get", ["download", "wrk", "libluajit-5.1-2", "nginx"], packages);
  await run(
    "sh",
    ["-c", `for file in ${packages}/*.deb; do dpkg -x "$file" ${root}; done`],
    folder,
  );
  return root;
}

/** Pids of the child processes of that name. */
async function childrenNamed(name: string): Promise<string[]> {
  const pids: string[] = [];
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    // proc(5): pid (command) state parent ...
    const [, command, parent] = /^\d+ \((.*)\) \S (\d+) /s.exec(stat) ?? [];
    if (command === name && Number(parent) === process.pid) pids.push(pid);
  }
  return pids;
}

/** Processor seconds that the child processes of that name have used so far, to the nanosecond (schedstat). */
export async function cpuSeconds(name: string): Promise<number> {
  let nanoseconds = 0;
  for (const pid of await childrenNamed(name)) {
    for (const thread of await readdir(`/proc/${pid}/task`)) {
      const spent = await readFile(`/proc/${pid}/task/${thread}/schedstat`, "utf8").catch(
        () => "0",
      );
      nanoseconds += Number(spent.split(" ")[0]);
    }
  }
  return nanoseconds / 1e9;
}

export interface Load {
  requests: number;
  requestsPerSecond: number;
  /** Microseconds of processor time that the server took a request. */
  cpu: number;
  /** Milliseconds. */
  p99: number;
}

const MILLISECONDS: Record<string, number> = { us: 0.001, ms: 1, s: 1000 };

/**
 * Asks for the paths in a file one after another over 16 connections, the `first` to begin with and round again.
 * @param server name of the process that answers
 * @throws Error when any answer is not a success
 */
export async function load(
  root: string,
  { origin, pathsFile, first }: { origin: string; pathsFile: string; first: number },
  seconds: number,
  server: "workerd" | "nginx",
): Promise<Load> {
  const script = join(root, "paths.lua");
  await writeFile(
    script,
    `local paths, at = {}, 0
function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
  at = tonumber(args[2])
end
function request() at = at % #paths + 1; return wrk.format("GET", paths[at]) end`,
  );
  const args = [
    "-t1",
    "-c16",
    `-d${seconds}s`,
    "--latency",
    "-s",
    script,
    origin,
    "--",
    pathsFile,
    String(first),
  ];
  const libraries = join(
    root,
    `usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`,
  );
  const before = await cpuSeconds(server);
  const output = await run(join(root, "usr/bin/wrk"), args, root, {
    ...process.env,
    LD_LIBRARY_PATH: libraries,
  });
  const [, rate] = /Requests\/sec:\s+([\d.]+)/.exec(output) ?? [];
  const [, p99, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(output) ?? [];
  const requests = Number(/(\d+) requests in/.exec(output)?.[1]);
  const cpu = (((await cpuSeconds(server)) - before) * 1e6) / requests;
  if (!rate || !p99 || !unit || /Non-2xx|Socket errors/.test(output)) throw new Error(output);
  return { requests, requestsPerSecond: Number(rate), cpu, p99: Number(p99) * MILLISECONDS[unit]! };
}

const SECRET = "only-for-the-benchmark";

/** nginx with secure_link over a file of the same size, and as many distinct signed paths as our tokens. */
export async function startNginx(
  root: string,
  port: number,
  segment: Uint8Array,
  links: number,
): Promise<{ paths: string; stop: () => Promise<void> }> {
  const prefix = join(root, "nginx-prefix");
  await mkdir(join(prefix, "www"), { recursive: true });
  await mkdir(join(prefix, "logs"), { recursive: true });
  await writeFile(join(prefix, "www", "00000.m4s"), segment);
  const until = Math.floor(Date.now() / 1000) + 86_400;
  const lines = Array.from({ length: links }, (_, index) => {
    const hash = createHash("md5")
      .update(`${until + index}/00000.m4s ${SECRET}`)
      .digest("base64url");
    return `/${hash}/${until + index}/00000.m4s`;
  });
  const paths = join(prefix, "paths.txt");
  await writeFile(paths, lines.join("\n"));
  await writeFile(
    join(prefix, "nginx.conf"),
    `daemon off; master_process off; pid ${prefix}/nginx.pid; error_log ${prefix}/logs/error.log; user root;
events { worker_connections 256; }
http {
  access_log off; sendfile on; keepalive_requests 1000000;
  client_body_temp_path ${prefix}/t1; proxy_temp_path ${prefix}/t2; fastcgi_temp_path ${prefix}/t3; uwsgi_temp_path ${prefix}/t4; scgi_temp_path ${prefix}/t5;
  server {
    listen 127.0.0.1:${port}; root ${prefix}/www;
    location ~ ^/([\\w-]+)/(\\d+)/(?<file>.+)$ {
      secure_link $1,$2;
      secure_link_md5 "$secure_link_expires/$file ${SECRET}";
      if ($secure_link != "1") { return 403; }
      try_files /$file =404;
    }
  }
}`,
  );
  const child = spawn(
    join(root, "usr/sbin/nginx"),
    ["-p", prefix, "-c", join(prefix, "nginx.conf")],
    { stdio: "inherit" },
  );
  const url = `http://127.0.0.1:${port}${lines[0]}`;
  const deadline = Date.now() + 10_000;
  while (
    !(await fetch(url)
      .then((response) => response.ok)
      .catch(() => false))
  ) {
    if (Date.now() > deadline) throw new Error("nginx does not answer.");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    paths,
    stop: async () => {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}
