/** The parts of the settings, in the order of their tabs. */
export const SECTIONS = ["users", "tokens", "secrets", "account", "about"] as const;
export type Section = (typeof SECTIONS)[number];
