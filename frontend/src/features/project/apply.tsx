import { Button, Checkbox, FileButton, Group } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Problem } from "@/api/problem";
import { applyProject } from "@/api/project";
import { parsePath } from "@/lib/document-path";
import { t } from "@/lib/texts";
import { lineOf } from "@/lib/yaml-lines";
import { CodeEditor } from "@/ui/code";
import { ConfirmByTyping } from "@/ui/confirm-by-typing";
import { ErrorState } from "@/ui/error-state";
import { toastDone } from "@/ui/toast";
import { Changes } from "./changes";
import classes from "./project.module.css";

const words = t.settings.project;

/** A project file in: first what would change, then the change. */
export function Apply() {
  const client = useQueryClient();
  const [yaml, setYaml] = useState("");
  const [prune, setPrune] = useState(false);
  const [confirming, setConfirming] = useState(false);
  const look = useMutation({ mutationFn: () => applyProject(yaml, { dry_run: true, prune }) });
  const apply = useMutation({
    mutationFn: () => applyProject(yaml, { dry_run: false, prune }),
    onSuccess: () => {
      toastDone(words.applied);
      look.reset();
      void client.invalidateQueries();
    },
    onSettled: () => setConfirming(false),
  });
  const edit = (text: string) => {
    setYaml(text);
    look.reset();
    apply.reset();
  };
  const changes = look.data?.changes.filter((change) => change.action !== "none") ?? [];
  const doomed = changes.filter((change) => change.action === "delete").map((change) => change.name);
  const error = apply.error ?? look.error;
  const marks = useMemo(
    () =>
      error instanceof Problem
        ? error.problems.map(({ line, path, message }) => ({ line: line ?? lineOf(yaml, parsePath(path)), message }))
        : [],
    [error, yaml],
  );
  return (
    <div className={classes.apply}>
      <div className={classes.head}>
        <p>{words.applyAbout}</p>
        <FileButton accept=".yaml,.yml" onChange={(file) => void file?.text().then(edit)}>
          {(props) => (
            <Button variant="default" {...props}>
              {words.file}
            </Button>
          )}
        </FileButton>
      </div>
      <CodeEditor
        language="yaml"
        label={words.editor}
        value={yaml}
        placeholder={words.placeholder}
        onChange={edit}
        marks={marks}
        minHeight={260}
        maxHeight="52vh"
        onSubmit={() => look.mutate()}
      />
      <Group justify="space-between">
        <Checkbox
          label={words.prune}
          checked={prune}
          onChange={(event) => {
            setPrune(event.currentTarget.checked);
            look.reset();
          }}
        />
        <Button onClick={() => look.mutate()} loading={look.isPending} disabled={yaml.trim() === ""}>
          {words.check}
        </Button>
      </Group>
      {error && <ErrorState error={error} />}
      {look.data && (
        <Changes changes={look.data.changes}>
          {changes.length > 0 && (
            <Button
              loading={apply.isPending}
              onClick={() => (doomed.length > 0 ? setConfirming(true) : apply.mutate())}
            >
              {words.confirm(changes.length)}
            </Button>
          )}
        </Changes>
      )}
      <ConfirmByTyping
        opened={confirming}
        title={words.pruneTitle}
        word={words.pruneWord}
        action={words.confirm(changes.length)}
        busy={apply.isPending}
        onConfirm={() => apply.mutate()}
        onClose={() => setConfirming(false)}
      >
        {words.pruneLead(doomed.join(", "))}
      </ConfirmByTyping>
    </div>
  );
}
