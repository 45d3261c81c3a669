import { Button, CopyButton, Group } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { exportProject } from "@/api/project";
import { t } from "@/lib/texts";
import { CodeEditor } from "@/ui/code";
import { QueryState } from "@/ui/query-state";
import classes from "./project.module.css";

/** The current configuration, to copy or to download. */
export function Export() {
  const project = useQuery({
    queryKey: ["export"],
    queryFn: ({ signal }) => exportProject(signal),
    staleTime: 0,
    gcTime: 0,
  });
  return (
    <QueryState query={project}>
      {(yaml) => (
        <>
          <div className={classes.head}>
            <p>{t.settings.project.exportAbout}</p>
            <Group gap="xs">
              <CopyButton value={yaml}>
                {({ copied, copy }) => (
                  <Button variant="default" onClick={copy}>
                    {copied ? t.common.copied : t.common.copy}
                  </Button>
                )}
              </CopyButton>
              <Button
                component="a"
                variant="default"
                href={`data:application/yaml;charset=utf-8,${encodeURIComponent(yaml)}`}
                download="headwater.yaml"
                leftSection={<IconDownload size={16} aria-hidden />}
              >
                {t.common.download}
              </Button>
            </Group>
          </div>
          <CodeEditor language="yaml" label={t.settings.project.editor} value={yaml} readOnly maxHeight="70vh" />
        </>
      )}
    </QueryState>
  );
}
