import { Button, Group, SegmentedControl, Select, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type PipelineVersion, rollback, versionDiffQuery, versionQuery } from "@/api/pipeline-tools";
import { pipelineKeys } from "@/api/pipelines";
import { asYaml } from "@/lib/copy-as";
import { t } from "@/lib/texts";
import { CodeEditor } from "@/ui/code";
import { Diff } from "@/ui/diff";
import { ErrorState } from "@/ui/error-state";
import { Loading } from "@/ui/loading";
import { Panel } from "@/ui/panel";
import { toastDone, toastFailed } from "@/ui/toast";

interface Props {
  pipeline: string;
  version: PipelineVersion;
  versions: readonly PipelineVersion[];
  onRolledBack: () => void;
}

/** One version: what it changed against another, the whole of it, and the way back to it. */
export function VersionPanel({ pipeline, version, versions, onRolledBack }: Props) {
  const [what, setWhat] = useState<"diff" | "document">("diff");
  const before = versions.find((other) => other.number < version.number)?.number ?? null;
  const current = versions.find((one) => one.current)?.number ?? null;
  const [other, setOther] = useState<number | null>(version.current ? before : current);
  const choices = versions.filter((one) => one.number !== version.number);
  return (
    <Panel
      title={t.pipelines.versions.show(version.number)}
      aside={version.current ? null : <Rollback pipeline={pipeline} number={version.number} onDone={onRolledBack} />}
    >
      <Stack gap="md">
        <Group gap="sm" align="end">
          <SegmentedControl
            value={what}
            aria-label={t.pipelines.versions.show(version.number)}
            data={[
              { value: "diff", label: t.pipelines.versions.diff },
              { value: "document", label: t.pipelines.versions.document },
            ]}
            onChange={(value) => setWhat(value === "document" ? "document" : "diff")}
          />
          {what === "diff" && choices.length > 0 && (
            <Select
              aria-label={t.pipelines.versions.compare}
              placeholder={t.pipelines.versions.compare}
              data={choices.map((one) => ({ value: String(one.number), label: t.pipelines.versions.show(one.number) }))}
              value={other === null ? null : String(other)}
              onChange={(value) => setOther(value === null ? null : Number(value))}
            />
          )}
        </Group>
        {what === "diff" && other !== null ? (
          <Changes pipeline={pipeline} from={Math.min(other, version.number)} to={Math.max(other, version.number)} />
        ) : (
          <Document pipeline={pipeline} number={version.number} />
        )}
      </Stack>
    </Panel>
  );
}

function Rollback({ pipeline, number, onDone }: { pipeline: string; number: number; onDone: () => void }) {
  const client = useQueryClient();
  const goBack = useMutation({
    mutationFn: () => rollback(pipeline, number),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: pipelineKeys.all });
      toastDone(t.pipelines.versions.rolledBack(number));
      onDone();
    },
    onError: (error) => toastFailed(error),
  });
  return (
    <Button
      size="xs"
      variant="default"
      loading={goBack.isPending}
      title={t.pipelines.versions.rollbackText}
      onClick={() => goBack.mutate()}
    >
      {t.pipelines.versions.rollback}
    </Button>
  );
}

function Changes({ pipeline, from, to }: { pipeline: string; from: number; to: number }) {
  const query = useQuery(versionDiffQuery(pipeline, from, to));
  if (query.isError) return <ErrorState error={query.error} />;
  if (query.isPending) return <Loading lines={3} />;
  if (query.data === "") return <Text size="sm">{t.pipelines.versions.same}</Text>;
  return <Diff text={query.data} label={t.pipelines.versions.diff} />;
}

function Document({ pipeline, number }: { pipeline: string; number: number }) {
  const query = useQuery(versionQuery(pipeline, number));
  if (query.isError) return <ErrorState error={query.error} />;
  if (query.isPending) return <Loading lines={3} />;
  return (
    <CodeEditor language="yaml" label={t.pipelines.versions.document} value={asYaml(query.data.document)} readOnly />
  );
}
