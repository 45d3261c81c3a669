import { Spotlight, spotlight, type SpotlightActionGroupData } from "@mantine/spotlight";
import "@mantine/spotlight/styles.layer.css";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { connectorsQuery } from "@/api/connectors";
import { pipelinesQuery } from "@/api/pipelines";
import { processorsQuery } from "@/api/processors";
import { schedulesQuery } from "@/api/schedules";
import { t } from "@/lib/texts";
import { PLACES } from "./navigation";

interface Named {
  id: string;
  name: string;
}

export const openPalette = () => spotlight.open();

/** ⌘K: every page and every named thing, by a few letters. It is drawn when it first opens, and asks for the names then. */
export function Palette() {
  // It is drawn because somebody wants it open, and hears of that only from now on.
  useEffect(openPalette, []);
  const navigate = useNavigate();
  const pipelines = useQuery(pipelinesQuery());
  const connectors = useQuery(connectorsQuery());
  const processors = useQuery(processorsQuery());
  const schedules = useQuery(schedulesQuery());
  const go = (to: string) => () => void navigate({ to });
  const named = (base: string, group: string, items: readonly Named[] | undefined): SpotlightActionGroupData => ({
    group,
    actions: (items ?? []).map(({ id, name }) => ({
      id: `${base}/${id}`,
      label: name,
      onClick: go(`${base}/${encodeURIComponent(name)}`),
    })),
  });
  const actions: SpotlightActionGroupData[] = [
    {
      group: t.common.palette.pages,
      actions: PLACES.map(({ to, label, icon: Icon }) => ({
        id: to,
        label,
        onClick: go(to),
        leftSection: <Icon size={18} aria-hidden />,
      })),
    },
    {
      group: t.common.palette.actions,
      actions: [
        { id: "new-pipeline", label: t.common.palette.newPipeline, onClick: go("/pipelines/new") },
        { id: "new-connector", label: t.common.palette.newConnector, onClick: go("/connectors/catalog") },
        { id: "new-processor", label: t.common.palette.newProcessor, onClick: go("/processors/catalog") },
        { id: "new-schedule", label: t.common.palette.newSchedule, onClick: go("/schedules/new") },
        { id: "project", label: t.common.nav.project, onClick: go("/project") },
      ],
    },
    named("/pipelines", t.common.palette.pipelines, pipelines.data),
    named("/connectors", t.common.palette.connectors, connectors.data),
    named("/processors", t.common.palette.processors, processors.data),
    named("/schedules", t.common.palette.schedules, schedules.data),
  ];
  return (
    <Spotlight
      actions={actions}
      shortcut={null}
      nothingFound={t.common.palette.nothing}
      highlightQuery
      limit={12}
      scrollable
      maxHeight={420}
      searchProps={{
        placeholder: t.common.palette.placeholder,
        "aria-label": t.common.palette.open,
        leftSection: <IconSearch size={18} aria-hidden />,
      }}
    />
  );
}
