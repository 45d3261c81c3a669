import { describe, expect, it } from "vitest";
import { bestMatch, matches, partsOf, render } from "@/lib/stream-names";

describe("globs", () => {
  it("let a star cover dots and slashes", () => {
    expect(matches("public.*", "public.a.b/c")).toBe(true);
    expect(matches("*", "anything at all")).toBe(true);
  });

  it("mind case and the signs of regular expressions", () => {
    expect(matches("public.dim_*", "Public.dim_day")).toBe(false);
    expect(matches("a.c*", "abc")).toBe(false);
    expect(matches("sum(x)*", "sum(x)_2")).toBe(true);
  });

  it("know one sign, sets and negated sets", () => {
    expect(matches("t?", "t1")).toBe(true);
    expect(matches("t[12]", "t3")).toBe(false);
    expect(matches("t[!12]", "t3")).toBe(true);
    expect(matches("t[", "t[")).toBe(true);
  });

  it("give way to the very name", () => {
    expect(bestMatch(["*", "orders"], "orders")).toBe(1);
    expect(bestMatch(["dim_*", "*"], "dim_day")).toBe(0);
    expect(bestMatch(["dim_*"], "orders")).toBe(-1);
  });
});

describe("templates", () => {
  it("take the part behind the last slash, or the last dot", () => {
    expect(partsOf("exports/2026/orders.csv")).toEqual({
      name: "orders.csv",
      schema: "exports/2026",
      stream: "exports/2026/orders.csv",
    });
    expect(render("raw.{schema}_{name}", "public.orders")).toBe("raw.public_orders");
  });

  it("leave no dot behind where there is no schema", () => {
    expect(render("{schema}.{name}", "orders")).toBe("orders");
  });

  it("read doubled braces as plain ones", () => {
    expect(render("{{x}}_{stream}", "a")).toBe("{x}_a");
  });
});
