import {
  IconArrowsSplit2,
  IconCalendarTime,
  IconFilterExclamation,
  IconHome,
  IconPlayerPlay,
  IconPlugConnected,
  IconSettings,
  IconTransform,
} from "@tabler/icons-react";
import { t } from "@/lib/texts";

/** The places of the side navigation, in the order of a day's work. */
export const PLACES = [
  { to: "/", label: t.common.nav.home, icon: IconHome },
  { to: "/pipelines", label: t.common.nav.pipelines, icon: IconArrowsSplit2 },
  { to: "/runs", label: t.common.nav.runs, icon: IconPlayerPlay },
  { to: "/connectors", label: t.common.nav.connectors, icon: IconPlugConnected },
  { to: "/processors", label: t.common.nav.processors, icon: IconTransform },
  { to: "/schedules", label: t.common.nav.schedules, icon: IconCalendarTime },
  { to: "/quarantine", label: t.common.nav.quarantine, icon: IconFilterExclamation },
  { to: "/settings", label: t.common.nav.settings, icon: IconSettings },
] as const;
