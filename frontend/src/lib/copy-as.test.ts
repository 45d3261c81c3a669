import { describe, expect, it } from "vitest";
import { asCurl, withReferences } from "./copy-as";

describe("copies for elsewhere", () => {
  it("quotes a body for the shell and copies no token", () => {
    expect(asCurl("POST", "/api/runs", { name: "Ann's" }, "http://h")).toBe(
      [
        "curl -X POST 'http://h/api/runs' \\",
        '  -H "Authorization: Bearer $HEADWATER_TOKEN" \\',
        "  -H 'Content-Type: application/json' \\",
        `  --data '{"name":"Ann'\\''s"}'`,
      ].join("\n"),
    );
  });

  it("puts a reference in the place of each secret, however deep", () => {
    const config = { host: "db", columns: { email: { method: "hash" } } };
    expect(withReferences(config, "processor.p", ["columns.email.key"])).toEqual({
      host: "db",
      columns: { email: { method: "hash", key: "${secret:processor.p.columns.email.key}" } },
    });
    expect(config.columns.email).toEqual({ method: "hash" });
  });
});
