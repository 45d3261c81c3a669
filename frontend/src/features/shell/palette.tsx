import { Spotlight, spotlight, type SpotlightActionGroupData } from "@mantine/spotlight";
import "@mantine/spotlight/styles.layer.css";
import { IconFileText, IconPlus, IconSearch } from "@tabler/icons-react";
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
  const icon = (Icon: typeof IconPlus | undefined) => Icon && <Icon size={18} aria-hidden />;
  const named = (base: string, group: string, items: readonly Named[] | undefined): SpotlightActionGroupData => ({
    group,
    actions: (items ?? []).map(({ id, name }) => ({
      id: `${base}/${id}`,
      label: name,
      onClick: go(`${base}/${encodeURIComponent(name)}`),
      leftSection: icon(PLACES.find(({ to }) => to === base)?.icon),
    })),
  });
  const make = (id: string, label: string, to: string) => ({ id, label, onClick: go(to), leftSection: icon(IconPlus) });
  const actions: SpotlightActionGroupData[] = [
    {
      group: t.common.palette.pages,
      actions: PLACES.map((place) => ({
        id: place.to,
        label: place.label,
        onClick: go(place.to),
        leftSection: icon(place.icon),
      })),
    },
    {
      group: t.common.palette.actions,
      actions: [
        make("new-pipeline", t.common.palette.newPipeline, "/pipelines/new"),
        make("new-connector", t.common.palette.newConnector, "/connectors/catalog"),
        make("new-processor", t.common.palette.newProcessor, "/processors/catalog"),
        make("new-schedule", t.common.palette.newSchedule, "/schedules/new"),
        { id: "project", label: t.common.nav.project, onClick: go("/project"), leftSection: icon(IconFileText) },
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
