import { Button, SegmentedControl } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { overviewQuery } from "@/api/overview";
import type { Overview } from "@/api/types";
import { t } from "@/lib/texts";
import { PageHeader } from "@/ui/page-header";
import { Panel } from "@/ui/panel";
import { QueryState } from "@/ui/query-state";
import { ColumnsChart } from "@/ui/charts/columns-chart";
import { ShareChart } from "@/ui/charts/share-chart";
import { Attention } from "./attention";
import { Figures } from "./figures";
import { FirstRun } from "./first-run";
import { Health } from "./health";
import classes from "./home.module.css";
import { Notes } from "./notes";
import { NextTicks } from "./next-ticks";
import { RunningNow } from "./running-now";

const PERIODS = [1, 7, 30] as const;

interface Props {
  days: number;
  onDays: (days: number) => void;
}

/** How all pipelines are, what moves now, what failed and what comes next. */
export function HomePage({ days, onDays }: Props) {
  const overview = useQuery(overviewQuery(days));
  return (
    <QueryState query={overview}>
      {(data) =>
        data.pipelines.length === 0 && data.running.length === 0 ? (
          <FirstRun />
        ) : (
          <>
            <PageHeader
              title={t.common.nav.home}
              about={t.home.lead}
              actions={
                <>
                  <SegmentedControl
                    aria-label={t.home.period}
                    size="xs"
                    value={String(days)}
                    onChange={(value) => onDays(Number(value))}
                    data={PERIODS.map((count) => ({ value: String(count), label: t.home.days(count) }))}
                  />
                  <Button
                    component={Link}
                    to={"/pipelines/new" as string}
                    leftSection={<IconPlus size={16} aria-hidden />}
                  >
                    {t.home.newPipeline}
                  </Button>
                </>
              }
            />
            <Board data={data} />
          </>
        )
      }
    </QueryState>
  );
}

function Board({ data }: { data: Overview }) {
  const days = data.days.map((day) => day.day);
  const share = data.days.map((day) => (day.rows_read > 0 ? 1 - day.rows_rejected / day.rows_read : null));
  return (
    <div className={classes.board}>
      <Notes data={data} />
      <Figures days={data.days} />
      <div className={classes.pair}>
        <Attention runs={data.failed} />
        <RunningNow runs={data.running} />
      </div>
      <Health pipelines={data.pipelines} />
      <div className={classes.pair}>
        <Panel title={t.home.moved}>
          <ColumnsChart
            label={t.home.moved}
            days={days}
            series={[
              {
                name: t.home.movedWritten,
                color: "var(--hw-series-1)",
                values: data.days.map((day) => day.rows_written),
              },
              {
                name: t.home.movedRejected,
                color: "var(--hw-series-3)",
                values: data.days.map((day) => day.rows_rejected),
              },
            ]}
          />
        </Panel>
        <Panel title={t.home.trend}>
          <ShareChart label={t.home.trend} name={t.home.trendName} none={t.home.trendNone} days={days} values={share} />
        </Panel>
      </div>
      <NextTicks next={data.next} />
    </div>
  );
}
