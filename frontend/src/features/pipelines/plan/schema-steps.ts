/** The columns of a stream side by side over its steps. Pure. */

export interface NamedColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
}

export interface SchemaCell<C> {
  readonly column: C | null;
  readonly change: "none" | "added" | "changed" | "gone";
}

export interface SchemaRow<C> {
  readonly name: string;
  readonly cells: readonly SchemaCell<C>[];
}

/** One row per column that is there at any step, in the order in which they come. */
export function schemaSteps<C extends NamedColumn>(steps: readonly (readonly C[])[]): readonly SchemaRow<C>[] {
  const names = [...new Set(steps.flatMap((columns) => columns.map((column) => column.name)))];
  return names.map((name) => {
    const found = steps.map((columns) => columns.find((column) => column.name === name) ?? null);
    return {
      name,
      cells: found.map((column, at) => ({ column, change: changeOf(at === 0 ? undefined : found[at - 1], column) })),
    };
  });
}

function changeOf(before: NamedColumn | null | undefined, now: NamedColumn | null): SchemaCell<never>["change"] {
  if (before === undefined) return "none";
  if (before === null) return now === null ? "none" : "added";
  if (now === null) return "gone";
  return before.type === now.type && before.nullable === now.nullable ? "none" : "changed";
}
