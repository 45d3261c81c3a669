import { connectors } from "./texts/connectors";
import { forms } from "./texts/forms";
import { common } from "./texts/general";
import { graph } from "./texts/graph";
import { home } from "./texts/home";
import { pipelines } from "./texts/pipelines";
import { processors } from "./texts/processors";
import { quarantine } from "./texts/quarantine";
import { runs } from "./texts/runs";
import { schedules } from "./texts/schedules";
import { session } from "./texts/session";
import { settings } from "./texts/settings";

/** Every text of the interface, in English. A translation is another object of the same type. */
export const t = {
  common,
  connectors,
  forms,
  graph,
  home,
  pipelines,
  processors,
  quarantine,
  runs,
  schedules,
  session,
  settings,
};
export type Texts = typeof t;
