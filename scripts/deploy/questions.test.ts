import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readInstance, saveInstance } from "./instance.ts";
import { completeInstance, fromEnvironment, type Person } from "./questions.ts";

/** Answers in order. */
function person(answers: string[]): Person & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    ask: async (question) => {
      asked.push(question);
      return answers.shift() ?? "";
    },
    close: () => {},
  };
}

test("in CI answers come from the environment, and the others have their defaults", async () => {
  const given = fromEnvironment({
    KINORA_DEPLOY_ADMIN: "ada@example.com",
    KINORA_DEPLOY_MAIL_ENDPOINT: "https://mail.example.com/send",
    KINORA_DEPLOY_UPLOADS: "worker",
  });
  expect(await completeInstance(given, null)).toMatchObject({
    name: "kinora",
    domain: "",
    admin: "ada@example.com",
    mailEndpoint: "https://mail.example.com/send",
    uploads: "worker",
  });
  await expect(completeInstance({}, null)).rejects.toThrow(
    "--admin or KINORA_DEPLOY_ADMIN: is missing",
  );
  const wrong = { region: "moon", mailEndpoint: "http://mail.example.com", domain: "video" };
  await expect(completeInstance({ admin: "ada", ...wrong }, null)).rejects.toThrow(
    [
      "Some settings are missing or not valid:",
      "  --domain or KINORA_DEPLOY_DOMAIN: must be a hostname, such as video.example.com, or empty",
      "  --region or KINORA_DEPLOY_REGION: must be one of wnam, enam, weur, eeur, apac, oc, or empty",
      "  --admin or KINORA_DEPLOY_ADMIN: must be an e-mail address, such as ada@example.com",
      "  --mail-endpoint or KINORA_DEPLOY_MAIL_ENDPOINT: must be a URL with https://, or empty",
    ].join("\n"),
  );
});

test("only unknown settings are asked for, and again after an invalid answer", async () => {
  const someone = person(["acme", "not a host", "video.example.com", "", "ada@example.com", ""]);
  const instance = await completeInstance({}, someone);
  expect(instance).toMatchObject({ name: "acme", domain: "video.example.com", mailEndpoint: "" });
  expect(someone.asked).toHaveLength(6);
  const nothing = person([]);
  expect(await completeInstance({ ...instance }, nothing)).toEqual(instance);
  expect(nothing.asked).toEqual([]);
});

test("settings are saved for the next update, and an error in the file is reported", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kinora-instance-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "kinora.config.json");
  expect(await readInstance(file)).toEqual({});
  const instance = await completeInstance({ admin: "ada@example.com" }, null);
  await saveInstance(instance, file);
  expect(await readInstance(file)).toEqual(instance);
  await writeFile(file, JSON.stringify({ name: "Not A Name", secret: "x" }));
  await expect(readInstance(file)).rejects.toThrow(/kinora\.config\.json is not valid/);
});
