import type { Role } from "@/api/types";

/** From the least that one may do to the most. */
export const ROLES: Role[] = ["viewer", "operator", "editor", "admin"];
