import { createFileRoute, Outlet, redirect } from "@tanstack/react-router";
import { sessionQuery } from "@/api/session";
import { ExpiredDialog } from "@/features/session/expired-dialog";
import { AppFrame } from "@/features/shell/app-frame";

/** Everything behind the door. */
export const Route = createFileRoute("/_app")({
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.ensureQueryData(sessionQuery());
    if (!session) throw redirect({ to: "/sign-in", search: { next: location.href } });
  },
  component: Layout,
});

function Layout() {
  const { live } = Route.useRouteContext();
  return (
    <AppFrame live={live}>
      <Outlet />
      <ExpiredDialog onRenewed={() => live.start()} />
    </AppFrame>
  );
}
