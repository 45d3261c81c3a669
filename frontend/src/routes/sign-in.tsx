import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { z } from "zod";
import { SignInPage } from "@/features/session/sign-in-page";

const search = z.object({
  token: z.string().optional().catch(undefined),
  // Only a place of our own: "//elsewhere" would be another site.
  next: z
    .string()
    .regex(/^\/(?![/\\])/)
    .optional()
    .catch(undefined),
});

export const Route = createFileRoute("/sign-in")({ validateSearch: search, component: Page });

function Page() {
  const { token, next } = Route.useSearch();
  const navigate = useNavigate();
  return <SignInPage token={token} onDone={() => void navigate({ href: next ?? "/", replace: true })} />;
}
