import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Runs a program to its end. @returns its output @throws Error with its output when it fails */
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

/** Unpacks Debian's nginx below `folder` without installing it. @returns its root */
export async function unpackNginx(folder: string): Promise<string> {
  const root = join(folder, "debian");
  const packages = join(folder, "packages");
  await mkdir(packages, { recursive: true });
  await run("apt-get", ["download", "nginx"], packages);
  await run(
    "sh",
    ["-c", `for file in ${packages}/*.deb; do dpkg -x "$file" ${root}; done`],
    folder,
  );
  return root;
}

/** Process ids of the children of this name. */
export async function childrenNamed(name: string): Promise<string[]> {
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

/** Processor seconds of these processes, with nanosecond precision (schedstat). */
export async function cpuSeconds(pids: string[]): Promise<number> {
  let nanoseconds = 0;
  for (const pid of pids) {
    for (const thread of await readdir(`/proc/${pid}/task`)) {
      const spent = await readFile(`/proc/${pid}/task/${thread}/schedstat`, "utf8").catch(
        () => "0",
      );
      nanoseconds += Number(spent.split(" ")[0]);
    }
  }
  return nanoseconds / 1e9;
}

const SECRET = "only-for-the-benchmark";

/** Starts nginx with secure_link on a file of the same size. @param links number of distinct signed paths */
export async function startNginx(
  root: string,
  port: number,
  segment: Uint8Array,
  links: number,
): Promise<{ paths: string[]; stop: () => Promise<void> }> {
  const prefix = join(root, "nginx-prefix");
  await mkdir(join(prefix, "www"), { recursive: true });
  await mkdir(join(prefix, "logs"), { recursive: true });
  await writeFile(join(prefix, "www", "00000.m4s"), segment);
  const until = Math.floor(Date.now() / 1000) + 86_400;
  const paths = Array.from({ length: links }, (_, index) => {
    const hash = createHash("md5")
      .update(`${until + index}/00000.m4s ${SECRET}`)
      .digest("base64url");
    return `/${hash}/${until + index}/00000.m4s`;
  });
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
  const url = `http://127.0.0.1:${port}${paths[0]}`;
  const deadline = Date.now() + 10_000;
  while (
    !(await fetch(url)
      .then((response) => response.ok)
      .catch(() => false))
  ) {
    if (Date.now() > deadline) throw new Error("nginx does not respond.");
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
