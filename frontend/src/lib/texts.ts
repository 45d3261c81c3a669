import { common } from "./texts/general";
import { connectors } from "./texts/connectors";
import { forms } from "./texts/forms";
import { home } from "./texts/home";
import { processors } from "./texts/processors";
import { session } from "./texts/session";
import { settings } from "./texts/settings";

/** Every text of the interface, in English. A translation is another object of the same type. */
export const t = { common, connectors, forms, home, processors, session, settings };
export type Texts = typeof t;
