/** What every field of one form may ask. */
export interface FormContext {
  /** Paths of the secrets that the server holds. */
  stored: ReadonlySet<string>;
  /** Names of columns to offer wherever a column is asked for. */
  columns: readonly string[];
  /** Ids of the fields that were left once: their errors show. */
  touched: ReadonlySet<string>;
  /** Everything shows its errors, touched or not. */
  showAll: boolean;
}

export const NO_CONTEXT: FormContext = { stored: new Set(), columns: [], touched: new Set(), showAll: false };

const COLUMNISH = /column|^key$|primary_key|cursor|exclude|ignore|^on$|order|by$/;

/** Names to offer while typing into the setting called `name`. */
export const suggestionsFor = (name: string, context: FormContext): string[] =>
  COLUMNISH.test(name) ? [...context.columns] : [];
