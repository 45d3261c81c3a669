import { expect, it } from "vitest";
import { sectionsFor } from "@/features/settings/sections";

it("offers nobody a part of the settings that the server would refuse", () => {
  expect(sectionsFor("viewer")).toEqual(["tokens", "account", "about"]);
  expect(sectionsFor("operator")).toEqual(["tokens", "account", "about"]);
  expect(sectionsFor("editor")).toEqual(["tokens", "secrets", "account", "about"]);
  expect(sectionsFor("admin")[0]).toBe("users");
});
