import { Tabs } from "@mantine/core";
import type { TryResult } from "@/api/types";
import { cellKey, rejectedTable } from "@/lib/table";
import { t } from "@/lib/texts";
import { CodeEditor } from "@/ui/code";
import { TablePreview } from "@/ui/table-preview";
import { TabList } from "@/ui/tab-list";
import classes from "./processors.module.css";

/** The sample after and before the step, what it rejected, and the SQL it is. */
export function TryResults({ result }: { result: TryResult }) {
  const { before, after, rejected, changed, sql } = result;
  const marks = new Set(changed.map(([row = 0, column = 0]) => cellKey(row, column)));
  const aside = rejectedTable(rejected);
  const words = t.processors.results;
  return (
    <Tabs defaultValue={after.rows.length === 0 && rejected.rows.length > 0 ? "rejected" : "after"}>
      <TabList mb="sm">
        <Tabs.Tab value="after">
          {words.after} ({after.rows.length})
        </Tabs.Tab>
        <Tabs.Tab value="before">
          {words.before} ({before.rows.length})
        </Tabs.Tab>
        <Tabs.Tab value="rejected">
          {words.rejected} ({rejected.rows.length})
        </Tabs.Tab>
        <Tabs.Tab value="sql">{words.sql}</Tabs.Tab>
      </TabList>
      <Tabs.Panel value="after">
        <p className={classes.lead}>{t.processors.kept(t.common.rows(after.rows.length), marks.size)}</p>
        <TablePreview table={after} label={words.after} changed={marks} />
      </Tabs.Panel>
      <Tabs.Panel value="before">
        <TablePreview table={before} label={words.before} />
      </Tabs.Panel>
      <Tabs.Panel value="rejected">
        {rejected.rows.length === 0 ? (
          <p className={classes.lead}>{t.processors.rejectedNone}</p>
        ) : (
          <TablePreview table={aside.table} rejected={aside.reasons} label={words.rejected} />
        )}
      </Tabs.Panel>
      <Tabs.Panel value="sql">
        <div className={classes.engines}>
          {(["duckdb", "spark"] as const).map((engine) => (
            <div key={engine}>
              <h3>{t.processors.engines[engine]}</h3>
              {sql[engine] ? (
                <CodeEditor
                  language="sql"
                  label={t.processors.sqlOf(t.processors.engines[engine])}
                  value={sql[engine]}
                  readOnly
                  minHeight={80}
                />
              ) : (
                <p className={classes.lead}>{t.processors.noSql}</p>
              )}
            </div>
          ))}
        </div>
      </Tabs.Panel>
    </Tabs>
  );
}
