import { Button, Group, Tabs, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Live } from "@/api/live";
import { quarantineOfRunQuery } from "@/api/quarantine";
import { cancelRun, isLive, retryRun, runKeys } from "@/api/runs";
import type { RunDetail } from "@/api/types";
import { asCurl, asYaml } from "@/lib/copy-as";
import { CancelDialog } from "@/ui/cancel-dialog";
import { formatCount } from "@/lib/format";
import { t } from "@/lib/texts";
import { CodeEditor } from "@/ui/code";
import { CopyAs } from "@/ui/copy-as";
import { Bytes, Duration, RelativeTime } from "@/ui/moments";
import { PageHeader } from "@/ui/page-header";
import { Panel } from "@/ui/panel";
import { StatusBadge } from "@/ui/status-badge";
import { pathTo, ToLink } from "@/ui/to-link";
import { toastFailed } from "@/ui/toast";
import { TabList } from "@/ui/tab-list";
import { Checks } from "./checks";
import { Failure } from "./failure";
import { Logs, type LogView } from "./logs";
import { Overview } from "./overview";
import { Proof, SchemaChanges } from "./proof";
import { soFar } from "./report";
import { Resources } from "./resources";
import classes from "./run.module.css";
import { type RunTab, TABS } from "./tabs";
import { Timeline } from "./timeline";

/** What of the page stands in the URL. */
export interface RunPlace extends LogView {
  tab?: RunTab | undefined;
}

interface Props {
  run: RunDetail;
  live: Live;
  place: RunPlace;
  onPlace: (place: RunPlace) => void;
  onRun: (run: string) => void;
}

/** One run: what flows now, or what it did and why, with the proof. */
export function RunPage({ run, live, place, onPlace, onRun }: Props) {
  const tab = place.tab ?? "overview";
  const broken =
    (run.report?.["loads"] as { checks?: { passed: boolean }[] }[] | undefined)
      ?.flatMap((load) => load.checks ?? [])
      .filter((check) => !check.passed).length ?? 0;
  return (
    <div className={classes.page}>
      <PageHeader
        title={t.runs.of(run.pipeline.name)}
        badge={<StatusBadge status={run.status} />}
        about={<About run={run} />}
        actions={<Actions run={run} onRun={onRun} />}
      />
      <Failure run={run} onLog={(line) => onPlace({ tab: "logs", line })} />
      <Figures run={run} />
      <Tabs value={tab} onChange={(value) => onPlace({ tab: value === "overview" ? undefined : (value as RunTab) })}>
        <TabList mb="md">
          {TABS.map((one) => (
            <Tabs.Tab
              key={one}
              value={one}
              rightSection={
                one === "checks" && broken > 0 ? <StatusBadge status="warned" label={String(broken)} /> : null
              }
            >
              {t.runs.tabs[one]}
            </Tabs.Tab>
          ))}
        </TabList>
        <Tabs.Panel value="overview">
          <Overview run={run} />
        </Tabs.Panel>
        <Tabs.Panel value="timeline">
          <Timeline run={run} />
        </Tabs.Panel>
        <Tabs.Panel value="logs">
          <Logs
            run={run}
            live={live}
            view={place}
            onChange={(view) =>
              onPlace({
                tab: "logs",
                level: view.level === "info" ? undefined : view.level,
                q: view.q || undefined,
                line: view.line,
              })
            }
          />
        </Tabs.Panel>
        <Tabs.Panel value="checks">
          <Checks run={run} />
        </Tabs.Panel>
        <Tabs.Panel value="schema">
          <SchemaChanges run={run} />
        </Tabs.Panel>
        <Tabs.Panel value="proof">
          <Proof run={run} />
        </Tabs.Panel>
        <Tabs.Panel value="resources">
          <Resources run={run} />
        </Tabs.Panel>
        <Tabs.Panel value="document">
          <Panel title={t.runs.tabs.document}>
            <CodeEditor language="yaml" label={t.runs.tabs.document} value={asYaml(run.document)} readOnly />
          </Panel>
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}

function About({ run }: { run: RunDetail }) {
  return (
    <Text size="sm" component="span">
      <ToLink to={pathTo("/pipelines", run.pipeline.name)}>{run.pipeline.name}</ToLink>
      {run.version !== null && `, ${t.runs.version.toLowerCase()} ${run.version}`} · {t.runs.trigger}{" "}
      {run.schedule === null ? (
        (run.requested_by ?? t.runs.triggers[run.trigger])
      ) : (
        <ToLink to={pathTo("/schedules", run.schedule.name)}>{run.schedule.name}</ToLink>
      )}{" "}
      · <RelativeTime at={run.started_at ?? run.created_at} />
      {run.retry_of !== null && (
        <>
          {" · "}
          <ToLink to={pathTo("/runs", run.retry_of)}>{t.runs.retryOf}</ToLink>
        </>
      )}
      {run.status === "queued" && ` · ${t.runs.queued}`}
    </Text>
  );
}

function Actions({ run, onRun }: { run: RunDetail; onRun: (run: string) => void }) {
  const client = useQueryClient();
  const [asking, ask] = useDisclosure();
  const cancel = useMutation({
    mutationFn: () => cancelRun(run.id),
    onSuccess: () => client.invalidateQueries({ queryKey: runKeys.detail(run.id) }),
    onError: (error) => toastFailed(error),
  });
  const retry = useMutation({
    mutationFn: () => retryRun(run.id),
    onSuccess: (begun) => onRun(begun.id),
    onError: (error) => toastFailed(error),
  });
  return (
    <Group gap="sm">
      <CopyAs
        yaml={() => asYaml({ pipelines: { [run.pipeline.name]: run.document } })}
        curl={() => asCurl("POST", `/api/pipelines/${encodeURIComponent(run.pipeline.name)}/run`, run.parameters)}
      />
      {isLive(run) ? (
        <Button
          color="clay"
          variant="light"
          leftSection={<IconPlayerStop size={16} aria-hidden />}
          loading={cancel.isPending || run.status === "cancelling"}
          onClick={ask.open}
        >
          {t.runs.cancel}
        </Button>
      ) : (
        <Button
          variant={run.status === "failed" ? "filled" : "default"}
          leftSection={<IconRefresh size={16} aria-hidden />}
          loading={retry.isPending}
          onClick={() => retry.mutate()}
        >
          {t.runs.retry}
        </Button>
      )}
      <CancelDialog
        opened={asking}
        count={1}
        onClose={ask.close}
        onConfirm={() => {
          ask.close();
          cancel.mutate();
        }}
      />
    </Group>
  );
}

function Figures({ run }: { run: RunDetail }) {
  const rows = isLive(run) ? soFar(run) : run.rows;
  const rejected = rows.rejected;
  const files = useQuery({ ...quarantineOfRunQuery(run.id), enabled: rejected > 0 && !isLive(run) });
  const [file] = files.data ?? [];
  const figures: [string, React.ReactNode, boolean?][] = [
    [t.runs.took, <Duration key="took" seconds={run.took_s} since={isLive(run) ? run.started_at : null} />],
    [t.runs.read, formatCount(rows.read)],
    [t.runs.filtered, formatCount(rows.filtered)],
    [t.runs.rejected, formatCount(rejected), rejected > 0],
    [t.runs.deduplicated, formatCount(rows.deduplicated)],
    [t.runs.written, formatCount(rows.written)],
  ];
  // Not every destination counts them.
  if (run.bytes !== null) figures.push([t.runs.bytes, <Bytes key="bytes" value={run.bytes} />]);
  return (
    <dl className={classes.figures}>
      {figures.map(([label, value, warn]) => (
        <div key={label} className={classes.figure} data-tone={warn ? "warn" : undefined}>
          <dt>{label}</dt>
          <dd>
            {value}{" "}
            {warn && file !== undefined && (
              <ToLink to={pathTo("/quarantine", file.id)}>{t.runs.error.openRejected}</ToLink>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
