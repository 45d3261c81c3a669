import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, Outlet } from "@tanstack/react-router";
import type { Live } from "@/api/live";

export const Route = createRootRouteWithContext<{ client: QueryClient; live: Live }>()({ component: Outlet });
