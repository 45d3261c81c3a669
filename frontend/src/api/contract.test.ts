import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** What this folder asks, against what the server's OpenAPI description offers: a renamed route fails here, not in front of a user. */
const description = JSON.parse(readFileSync("openapi.json", "utf8")) as { paths: Record<string, object> };
const METHODS: Record<string, string> = {
  get: "get",
  post: "post",
  put: "put",
  patch: "patch",
  remove: "delete",
  text: "get",
};
const CALL = /\b(get|post|put|patch|remove|text)(?:<[^()]*?>)?\(\s*[`"](\/[^`"]*)[`"]/g;

const shape = (path: string) => path.replaceAll(/\$?\{[^}]*\}/g, "{}");
const offered = new Set(
  Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${shape(path)}`),
  ),
);

const calls = readdirSync("src/api")
  .filter((file) => file.endsWith(".ts") && !/\.(test|gen)\.ts$/.test(file))
  .flatMap((file) =>
    [...readFileSync(`src/api/${file}`, "utf8").matchAll(CALL)].map((found) => ({
      file,
      call: `${METHODS[found[1] ?? ""]} ${shape(`/api${found[2] ?? ""}`)}`,
    })),
  );

describe("the calls of the client", () => {
  it("are found in the source", () => {
    expect(calls.length).toBeGreaterThan(40);
  });

  it.each(calls)("$call of $file is one that the server knows", ({ call }) => {
    expect(offered).toContain(call);
  });
});
