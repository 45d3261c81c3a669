import { Text } from "@mantine/core";
import type { PlanColumn, PlannedLoad } from "@/api/pipeline-tools";
import { t } from "@/lib/texts";
import classes from "./plan.module.css";
import { schemaSteps } from "./schema-steps";

/** Each column's way through the steps; what a step adds or changes stands out by a word, not by colour alone. */
export function SchemaTable({ load }: { load: PlannedLoad }) {
  const steps = [{ number: 0, name: t.pipelines.plan.read, columns: load.schema.read }, ...load.schema.steps];
  return (
    <section>
      <Text size="sm" fw={600} mb="xs">
        {t.pipelines.plan.schema}
      </Text>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to be reachable by keyboard */}
      <div className={classes.scroll} tabIndex={0} role="region" aria-label={t.pipelines.plan.schema}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t.pipelines.plan.column}</th>
              {steps.map((step) => (
                <th key={step.number} scope="col">
                  {step.number > 0 && `${step.number}. `}
                  {step.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {schemaSteps(steps.map((step) => step.columns)).map((row) => (
              <tr key={row.name}>
                <th scope="row">{row.name}</th>
                {row.cells.map((cell, at) => (
                  <td key={steps[at]?.number ?? at} data-change={cell.change}>
                    {cell.column === null
                      ? cell.change === "gone"
                        ? t.pipelines.plan.gone
                        : ""
                      : typeText(cell.column)}
                    {(cell.change === "added" || cell.change === "changed") && (
                      <em> {t.pipelines.plan[cell.change]}</em>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function typeText(column: PlanColumn): string {
  return column.nullable ? column.type : `${column.type} not null`;
}
