import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { createRouter, RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { Live } from "@/api/live";
import { makeQueryClient } from "@/api/query-client";
import "@/lib/router-types";
import { routeTree } from "@/route-tree.gen";
import { Crash } from "@/ui/crash";
import { Loading } from "@/ui/loading";
import { NotFound } from "@/ui/not-found";
import { cssVariables, theme } from "@/ui/theme";

const client = makeQueryClient();

export const router = createRouter({
  routeTree,
  context: { client, live: new Live(client) },
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultPendingComponent: Loading,
  defaultErrorComponent: Crash,
  defaultNotFoundComponent: () => <NotFound />,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

export function App() {
  return (
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <QueryClientProvider client={client}>
          <Notifications position="bottom-right" limit={4} />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>
  );
}
