import type { Role } from "@/api/types";

/** The parts of the settings, in the order of their tabs. */
export const SECTIONS = ["users", "tokens", "secrets", "account", "about"] as const;
export type Section = (typeof SECTIONS)[number];

const ROLES: readonly Role[] = ["viewer", "operator", "editor", "admin"];
const LEAST: Partial<Record<Section, Role>> = { users: "admin", secrets: "editor" };

/** What the server would answer to this role: nobody is offered a page that refuses them. */
export const sectionsFor = (role: Role): readonly Section[] =>
  SECTIONS.filter((section) => ROLES.indexOf(role) >= ROLES.indexOf(LEAST[section] ?? "viewer"));
